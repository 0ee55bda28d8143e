"""What people hand in beside the calls: claims with their evidence, facts, decisions. Bytes in, checked values out."""
