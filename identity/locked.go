package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"time"

	"github.com/alexedwards/scs/v2"
)

// LockOf makes the lock under which log-ins are kept of a secret that the store does not
// know.
func LockOf(secret []byte) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "policycycle log-ins", sha256.Size)
	if err != nil {
		return nil, err
	}
	return lockBy(key)
}

func lockBy(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// lockedStore keeps log-ins so that whoever writes into the store can make none: what is
// kept is encrypted, and bound to the token under which it is kept. A row that was copied
// to another token, or changed, is no log-in.
type lockedStore struct {
	scs.Store
	lock cipher.AEAD
}

// Find implements scs.Store.
func (s *lockedStore) Find(token string) ([]byte, bool, error) {
	locked, found, err := s.Store.Find(token)
	if err != nil || !found {
		return nil, false, err
	}
	data, err := s.lock.Open(nil, nil, locked, []byte(token))
	if err != nil {
		return nil, false, nil //nolint:nilerr // somebody else wrote it: nobody is logged in by it
	}
	return data, true, nil
}

// Commit implements scs.Store.
func (s *lockedStore) Commit(token string, data []byte, expiry time.Time) error {
	return s.Store.Commit(token, s.lock.Seal(nil, nil, data, []byte(token)), expiry) //nolint:gosec // the lock makes its own nonce
}
