package engine

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
)

// keySize is that of AES-256, in bytes.
const keySize = 32

// Encryption holds the keys with which what travels through Temporal is
// encrypted: the first encrypts, all decrypt, so that keys can be changed and
// old histories still be read.
type Encryption struct {
	ids     []string
	ciphers map[string]cipher.AEAD
	proofs  map[string]string
}

// NewEncryptionKey makes a line for a file of keys.
func NewEncryptionKey(id string) (string, error) {
	if id == "" || strings.ContainsAny(id, " \t\n#") {
		return "", policy.Refuse(policy.CodeInvalid, "%q cannot name a key: use letters, digits and hyphens", id)
	}
	key := make([]byte, keySize)
	if _, err := rand.Read(key); err != nil {
		return "", fmt.Errorf("new key: %w", err)
	}
	return id + " " + base64.StdEncoding.EncodeToString(key), nil
}

// ParseEncryption reads keys, one on a line: its name and 32 bytes in base64. The
// first is in use. Lines that begin with # are remarks. The error has
// policy.CodeInvalid, names the line and never repeats a key.
func ParseEncryption(text []byte) (*Encryption, error) {
	e := &Encryption{ciphers: map[string]cipher.AEAD{}, proofs: map[string]string{}}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		wrong := policy.Refuse(policy.CodeInvalid, "line %d of the encryption keys is none: expected a name and a key, as policycycle keys new encryption makes them", n)
		const parts = 2
		if len(fields) != parts || e.ciphers[fields[0]] != nil {
			return nil, wrong
		}
		key, err := base64.StdEncoding.DecodeString(fields[1])
		if err != nil || len(key) != keySize {
			return nil, wrong
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, wrong
		}
		if e.ciphers[fields[0]], err = cipher.NewGCM(block); err != nil {
			return nil, wrong
		}
		e.ids, e.proofs[fields[0]] = append(e.ids, fields[0]), proofOf(fields[0], key)
	}
	if len(e.ids) == 0 {
		return nil, policy.Refuse(policy.CodeInvalid, "there is no encryption key in the file")
	}
	return e, nil
}

// proofOf gives that by which a key can be recognised and not found out.
func proofOf(id string, key []byte) string {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte("policycycle encryption key\n" + id)) // it never fails
	return hex.EncodeToString(mac.Sum(nil))
}

// IDs names the keys; the first is in use. Nil has none.
func (e *Encryption) IDs() []string {
	if e == nil {
		return nil
	}
	return e.ids
}

// Proof gives that by which others recognise a key, and cannot find it out.
func (e *Encryption) Proof(id string) string { return e.proofs[id] }

// Converter gives the data converter that encrypts; nil encrypts nothing. Inside a run it
// waits for a key that is not there, see waiting.
func (e *Encryption) Converter() converter.DataConverter {
	if e == nil {
		return waiting{DataConverter: converter.GetDefaultDataConverter()}
	}
	return waiting{DataConverter: converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), e), keys: e}
}

// apply has a client encrypt what it sends, the messages of failures included.
func (e *Encryption) apply(o *client.Options) {
	o.DataConverter = e.Converter()
	if e != nil {
		o.FailureConverter = e.failures()
	}
}

func (e *Encryption) failures() converter.FailureConverter {
	return temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter: e.Converter(), EncodeCommonAttributes: e != nil,
	})
}

// Holds says whether a key of that name is among them.
func (e *Encryption) Holds(id string) bool { return e != nil && e.ciphers[id] != nil }

// Open opens a message and gives its encoding and what it holds, unless it was encrypted
// with another key or changed.
func (e *Encryption) Open(m protocol.Encrypted) (encoding string, data []byte, ok bool) {
	if e == nil {
		return "", nil, false
	}
	p, ok := e.open(&commonpb.Payload{
		Metadata: map[string][]byte{protocol.MetadataKey: []byte(m.Key)}, Data: m.Data,
	})
	return string(p.GetMetadata()[converter.MetadataEncoding]), p.GetData(), ok
}

// Encode implements converter.PayloadCodec: whole payloads are encrypted, their
// metadata included, and bound to the name of the key.
func (e *Encryption) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	id := e.ids[0]
	aead := e.ciphers[id]
	encrypted := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		plain, err := proto.Marshal(p)
		if err != nil {
			return nil, fmt.Errorf("encrypting: %w", err)
		}
		nonce := make([]byte, aead.NonceSize())
		if _, err := rand.Read(nonce); err != nil {
			return nil, fmt.Errorf("encrypting: %w", err)
		}
		encrypted[i] = &commonpb.Payload{
			Metadata: map[string][]byte{converter.MetadataEncoding: []byte(protocol.EncodingEncrypted), protocol.MetadataKey: []byte(id)},
			Data:     aead.Seal(nonce, nonce, plain, []byte(id)),
		}
	}
	return encrypted, nil
}

// Decode implements converter.PayloadCodec. What is not encrypted passes as it
// is: histories of before keep replaying. What cannot be decrypted passes as it
// is too, so that a message like that is refused in the trail, where an error
// here would make the SDK drop it; whatever else it is, nobody can read it then.
func (e *Encryption) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	plain := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		plain[i] = p
		if string(p.GetMetadata()[converter.MetadataEncoding]) != protocol.EncodingEncrypted {
			continue
		}
		if opened, ok := e.open(p); ok {
			plain[i] = opened
		}
	}
	return plain, nil
}

// Handler gives what encrypts and decrypts for Temporal's own page and command; who may ask, others
// have to see to. Nil without keys.
func (e *Encryption) Handler() http.Handler {
	if e == nil {
		return nil
	}
	return converter.NewPayloadCodecHTTPHandler(e)
}

func (e *Encryption) open(p *commonpb.Payload) (*commonpb.Payload, bool) {
	if e == nil {
		return nil, false
	}
	id := string(p.GetMetadata()[protocol.MetadataKey])
	aead := e.ciphers[id]
	if aead == nil || len(p.GetData()) < aead.NonceSize() {
		return nil, false
	}
	nonce, sealed := p.GetData()[:aead.NonceSize()], p.GetData()[aead.NonceSize():]
	text, err := aead.Open(nil, nonce, sealed, []byte(id))
	if err != nil {
		return nil, false
	}
	opened := new(commonpb.Payload)
	if proto.Unmarshal(text, opened) != nil {
		return nil, false
	}
	return opened, true
}
