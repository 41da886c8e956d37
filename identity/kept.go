package identity

import (
	"crypto/rand"
	"time"

	"golang.org/x/time/rate"
)

// What somebody typed who is not logged in any more is kept until they are. Nobody
// knows who they are, so there is little room for it, and it goes soon.
const (
	keptLasts = time.Hour
	keptBurst = 8 << 20  // bytes that are kept at once
	keptRate  = 16 << 10 // bytes for which there is room again after a second
)

func newKept() *rate.Limiter { return rate.NewLimiter(keptRate, keptBurst) }

// Keep keeps a text for an hour, and gives the word by which Kept finds it; "" where
// there is no room for it now.
func (s *Sessions) Keep(text []byte) (word string, err error) {
	if !s.kept.AllowN(time.Now(), len(text)) {
		return "", nil
	}
	word = rand.Text()
	return word, s.manager.Store.Commit(keptUnder(word), text, time.Now().Add(keptLasts))
}

// Kept finds a text by the word that Keep gave; nil where it is gone.
func (s *Sessions) Kept(word string) ([]byte, error) {
	text, there, err := s.manager.Store.Find(keptUnder(word))
	if err != nil || !there {
		return nil, err
	}
	return text, nil
}

// keptUnder is under which the store keeps a text: whoever reads the store does not
// learn the word.
func keptUnder(word string) string { return under("kept", word) }
