package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"time"

	"github.com/alexedwards/scs/v2"
)

// LocksOf makes the locks under which log-ins are kept, of secrets that the store does not
// know. The first locks, all open: so a secret can be changed.
func LocksOf(secrets ...[]byte) ([]cipher.AEAD, error) {
	locks := make([]cipher.AEAD, 0, len(secrets))
	for _, secret := range secrets {
		key, err := hkdf.Key(sha256.New, secret, nil, "policycycle log-ins", sha256.Size)
		if err != nil {
			return nil, err
		}
		lock, err := lockBy(key)
		if err != nil {
			return nil, err
		}
		locks = append(locks, lock)
	}
	return locks, nil
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
	locks []cipher.AEAD // the first locks, all open
}

// Find implements scs.Store.
func (s *lockedStore) Find(token string) ([]byte, bool, error) {
	locked, found, err := s.Store.Find(token)
	if err != nil || !found {
		return nil, false, err
	}
	for _, lock := range s.locks {
		if data, err := lock.Open(nil, nil, locked, []byte(token)); err == nil {
			return data, true, nil
		}
	}
	return nil, false, nil // somebody else wrote it: nobody is logged in by it
}

// Commit implements scs.Store.
func (s *lockedStore) Commit(token string, data []byte, expiry time.Time) error {
	return s.Store.Commit(token, s.locks[0].Seal(nil, nil, data, []byte(token)), expiry) //nolint:gosec // the lock makes its own nonce
}
