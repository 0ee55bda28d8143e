// The secret of a receipt's link stands behind the #, which no browser sends: it is put into the form, and goes from the address.

const secret = decodeURIComponent(location.hash.slice(1));
const field = document.getElementById("secret");
if (secret && field && secret.length <= 80) {
  field.value = secret;
  history.replaceState(null, "", location.pathname + location.search);
}
