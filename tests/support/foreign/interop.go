// Program of the tests: Go's own libraries make logs and proofs, and check ours.
//
//	interop make DIR SIZE SECRET      a log of SIZE entries, its tiles, and a signed checkpoint
//	interop proofs SIZE FILE          each line of FILE is a proof of ours over that log; Go's must be the same
//	interop vectors notes.json        the verdict of Go's library on each note, one a line
//	interop vectors proofs.json       and on each proof
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fatal(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func number(text string) int64 {
	found, err := strconv.ParseInt(text, 10, 64)
	fatal(err)
	return found
}

type stored []tlog.Hash

func (s stored) ReadHashes(places []int64) (found []tlog.Hash, err error) {
	for _, place := range places {
		found = append(found, s[place])
	}
	return found, nil
}

func entry(n int64) []byte { return []byte(fmt.Sprintf("entry %d", n)) }

func hashes(size int64) (all stored) {
	for n := int64(0); n < size; n++ {
		more, err := tlog.StoredHashes(n, entry(n), all)
		fatal(err)
		all = append(all, more...)
	}
	return all
}

func write(path string, data []byte) {
	fatal(os.MkdirAll(filepath.Dir(path), 0o755))
	fatal(os.WriteFile(path, data, 0o644))
}

func makeLog(dir string, size int64, secret string) {
	all := hashes(size)
	for _, tile := range tlog.NewTiles(8, 0, size) {
		data, err := tlog.ReadTileData(tile, all)
		fatal(err)
		write(filepath.Join(dir, "tile", strings.TrimPrefix(tile.Path(), "tile/8/")), data)
		if tile.L == 0 {
			var bundle bytes.Buffer
			for n := tile.N * 256; n < tile.N*256+int64(tile.W); n++ {
				fatal(binary.Write(&bundle, binary.BigEndian, uint16(len(entry(n)))))
				bundle.Write(entry(n))
			}
			write(filepath.Join(dir, "tile/entries", strings.TrimPrefix(tile.Path(), "tile/8/0/")), bundle.Bytes())
		}
	}
	root, err := tlog.TreeHash(size, all)
	fatal(err)
	signer, err := note.NewSigner(secret)
	fatal(err)
	text := fmt.Sprintf("%s\n%d\n%s\n", signer.Name(), size, root)
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	fatal(err)
	write(filepath.Join(dir, "checkpoint"), signed)
}

func parsed(words []string) (found []tlog.Hash) {
	for _, word := range words {
		data, err := hex.DecodeString(word)
		fatal(err)
		var hash tlog.Hash
		copy(hash[:], data)
		found = append(found, hash)
	}
	return found
}

func checkProofs(size int64, file string) {
	all := hashes(size)
	data, err := os.Open(file)
	fatal(err)
	lines, checked := bufio.NewScanner(data), 0
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		first, second, ours := number(words[1]), number(words[2]), parsed(words[3:])
		root, err := tlog.TreeHash(second, all)
		fatal(err)
		var theirs []tlog.Hash
		if words[0] == "inclusion" {
			fatal(tlog.CheckRecord(ours, second, root, first, tlog.RecordHash(entry(first))))
			theirs, err = tlog.ProveRecord(second, first, all)
		} else {
			old, err := tlog.TreeHash(first, all)
			fatal(err)
			fatal(tlog.CheckTree(ours, second, root, first, old))
			theirs, err = tlog.ProveTree(second, first, all)
			fatal(err)
		}
		fatal(err)
		if fmt.Sprint(theirs) != fmt.Sprint(ours) && len(ours)+len(theirs) > 0 {
			log.Fatal("another proof: ", lines.Text())
		}
		checked++
	}
	fmt.Println(checked)
}

type vector struct {
	Name, Note, Kind, Leaf, Index, Size, Root string
	OldSize                                   string `json:"old_size"`
	OldRoot                                   string `json:"old_root"`
	NewSize                                   string `json:"new_size"`
	NewRoot                                   string `json:"new_root"`
	Keys, Proof                               []string
}

// noteVerdict knows keys of logs alone: Go's library has no cosignatures.
func noteVerdict(one vector) string {
	data, err := base64.StdEncoding.DecodeString(one.Note)
	fatal(err)
	var known []note.Verifier
	for _, vkey := range one.Keys {
		if key, err := note.NewVerifier(vkey); err == nil {
			known = append(known, key)
		}
	}
	_, err = note.Open(data, note.VerifierList(known...))
	switch err.(type) {
	case nil:
		return "opens"
	case *note.UnverifiedNoteError:
		return "untrusted"
	case *note.InvalidSignatureError:
		return "signature"
	}
	return "malformed"
}

func proofVerdict(one vector) string {
	proof := parsed(one.Proof)
	var err error
	if one.Kind == "inclusion" {
		hashes := parsed([]string{one.Leaf, one.Root})
		err = tlog.CheckRecord(proof, number(one.Size), hashes[1], number(one.Index), hashes[0])
	} else {
		roots := parsed([]string{one.OldRoot, one.NewRoot})
		err = tlog.CheckTree(proof, number(one.NewSize), roots[1], number(one.OldSize), roots[0])
	}
	return fmt.Sprint(err == nil)
}

func judgeVectors(file string) {
	data, err := os.ReadFile(file)
	fatal(err)
	var vectors struct{ Cases []vector }
	fatal(json.Unmarshal(data, &vectors))
	for _, one := range vectors.Cases {
		if one.Note != "" {
			fmt.Println(noteVerdict(one))
		} else if one.Kind != "" {
			fmt.Println(proofVerdict(one))
		} else {
			fmt.Println("malformed") // an empty note
		}
	}
}

func main() {
	switch os.Args[1] {
	case "vectors":
		judgeVectors(os.Args[2])
	case "make":
		makeLog(os.Args[2], number(os.Args[3]), os.Args[4])
	case "proofs":
		checkProofs(number(os.Args[2]), os.Args[3])
	}
}
