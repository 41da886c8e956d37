package evidence

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/policycycle/policycycle/policy"
)

// Checkpoint is the state of a trail at an instant. Signed and given to others,
// it shows that the trail was cut off or written anew afterwards.
type Checkpoint struct {
	Cycle string    `json:"cycle"`
	Size  int64     `json:"size"` // how many lines there were
	Hash  string    `json:"hash"` // of the last one
	At    time.Time `json:"at"`
}

// origin begins the first line of every checkpoint.
const origin = "policycycle/"

// Checkpoint signs a checkpoint: a signed note (C2SP tlog-checkpoint) of four
// lines, origin with the cycle, size, hash and instant.
func (s *Signer) Checkpoint(c Checkpoint) ([]byte, error) {
	sum, err := hex.DecodeString(strings.TrimPrefix(c.Hash, "sha256:"))
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	text := fmt.Sprintf("%s%s\n%d\n%s\n%s\n", origin, c.Cycle, c.Size, base64.StdEncoding.EncodeToString(sum), c.At.UTC().Format(time.RFC3339))
	signed, err := note.Sign(&note.Note{Text: text}, s.signer)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	return signed, nil
}

// OpenCheckpoint reads a signed checkpoint and makes sure that a key that is
// believed has signed it. The error has policy.CodeSeal.
func (k *Keyring) OpenCheckpoint(signed []byte) (Checkpoint, error) {
	verifiers := make([]note.Verifier, len(k.keys))
	for i, key := range k.keys {
		verifiers[i] = key.Verifier
	}
	opened, err := note.Open(signed, note.VerifierList(verifiers...))
	if err != nil {
		return Checkpoint{}, policy.Refuse(policy.CodeSeal, "the checkpoint is signed by no key that is known here, or was changed")
	}
	c, err := readCheckpoint(opened.Text)
	if err != nil {
		return c, err
	}
	for _, signature := range opened.Sigs {
		if _, err = k.find(keyID(signature.Name, signature.Hash), c.At); err == nil {
			return c, nil
		}
	}
	return c, err
}

func readCheckpoint(text string) (Checkpoint, error) {
	wrong := policy.Refuse(policy.CodeSeal, "this is no checkpoint of a trail")
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	const parts = 4
	if len(lines) != parts {
		return Checkpoint{}, wrong
	}
	cycle, found := strings.CutPrefix(lines[0], origin)
	size, sizeErr := strconv.ParseInt(lines[1], 10, 64)
	sum, sumErr := base64.StdEncoding.DecodeString(lines[2])
	at, timeErr := time.Parse(time.RFC3339, lines[3])
	if !found || sizeErr != nil || sumErr != nil || timeErr != nil || size < 1 {
		return Checkpoint{}, wrong
	}
	return Checkpoint{Cycle: cycle, Size: size, Hash: "sha256:" + hex.EncodeToString(sum), At: at}, nil
}

// VerifyCheckpoints finds what checkpoints show of a trail: that it is shorter
// than it once was, or that it was written anew.
func VerifyCheckpoints(lines []Line, checkpoints []Checkpoint) []Fault {
	hashes := make(map[int64]string, len(lines))
	for _, l := range lines {
		hashes[l.Sequence] = l.Hash
	}
	var faults []Fault
	for _, c := range checkpoints {
		hash, there := hashes[c.Size]
		at := c.At.Format(time.RFC3339)
		switch {
		case len(lines) > 0 && c.Cycle != lines[0].Cycle:
			faults = append(faults, fault(0, FaultCheckpoint, "the checkpoint of %s is one of the cycle %s", at, c.Cycle))
		case !there:
			faults = append(faults, fault(int64(len(lines))+1, FaultTruncated, "the trail has %d lines: at %s it had %d", len(lines), at, c.Size))
		case hash != c.Hash:
			faults = append(faults, fault(c.Size, FaultRewritten, "line %d is not the one that stood there at %s: the trail was written anew up to it", c.Size, at))
		}
	}
	return faults
}
