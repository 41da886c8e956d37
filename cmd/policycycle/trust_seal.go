package main

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/service/remote"
)

// sealing says whether only sealed acts are recorded.
func (a *app) sealing() bool {
	switch a.config.Seal.Enabled {
	case config.On:
		return true
	case config.Off:
		return false
	default:
		return a.config.Identity.Kind == config.IdentityOIDC
	}
}

// secured adds to a connection whom its records believe, and how acts are
// sealed. Commands have no key: they ask the office that has it.
func (a *app) secured(conn connection) (connection, error) {
	conn, err := a.believing(conn)
	if err != nil {
		return conn, err
	}
	if url := a.config.Server.URL; url != "" {
		conn.office = url
	}
	if conn.office != "" {
		sealer, err := a.officeAt(conn.office)
		if err != nil {
			return conn, err
		}
		conn.sealer = sealer
	}
	if conn.records.Sealed && conn.records.Keys == nil && conn.office == "" {
		return conn, needed("seal.keys", "only sealed acts are recorded here (seal.enabled): say with seal.keys which keys to believe, and with server.url who seals")
	}
	return conn, nil
}

// believing adds to a connection what is recorded there and whom its records believe.
func (a *app) believing(conn connection) (connection, error) {
	conn = a.recording(conn)
	name := cmp.Or(a.config.Seal.Keys, conn.keys)
	if name == "" {
		return conn, nil
	}
	ring, err := readKeyring(name)
	conn.records.Keys = ring
	return conn, inField("seal.keys", err)
}

// recording adds to a connection what the configuration says of what is recorded.
func (a *app) recording(conn connection) connection {
	conn.records.Asserted = a.config.Identity.Kind != config.IdentityOIDC
	conn.records.Limits = policy.Limits{Ceiling: policy.Marking(a.config.Marking.Ceiling), Skeleton: a.config.Skeleton.Fields}
	conn.records.Sealed = a.sealing()
	conn.reads = a.config.Audit.Reads
	conn.shown = a.shown(conn.private)
	if conn.mail = a.mailing(); conn.mail == nil && conn.private { // whether mail leaves, up knows
		conn.mail = &local.Mail{}
	}
	conn.hooks = a.hooking(conn)
	return conn
}

// shown gives the highest marking of what Temporal shows of the runs. A private one lies
// beside the records.
func (a *app) shown(private bool) policy.Marking {
	shown := a.config.Temporal.Marking
	if private {
		shown = cmp.Or(shown, a.config.Marking.Ceiling)
	}
	return cmp.Or(policy.Marking(shown), policy.Public)
}

// officeAt reaches an office as whoever the configuration says.
func (a *app) officeAt(url string) (*remote.Office, error) {
	token, err := a.token()
	if err != nil {
		return nil, err
	}
	return &remote.Office{URL: url, Client: &http.Client{}, Token: token, As: a.config.As}, nil
}

// token gives the bearer token that a command shows; empty where names are
// believed.
func (a *app) token() (string, error) {
	if a.config.Identity.Kind != config.IdentityOIDC {
		return "", nil
	}
	if a.config.Identity.Token != "" {
		return a.config.Identity.Token.Reveal(), nil
	}
	if name := a.config.Identity.TokenFile; name != "" {
		text, err := readSmall(name)
		return strings.TrimSpace(string(text)), err
	}
	if name := a.tokenKept(); name != "" {
		if text, err := readSmall(name); err == nil {
			return strings.TrimSpace(string(text)), nil
		}
	}
	return "", policy.Refuse(policy.CodeNotIdentified, "nobody is logged in: type policycycle login, set POLICYCYCLE_TOKEN, or name a file with --token-file")
}

// actor gives who acts: the name that is said, where names are believed, else the
// person whom the token shows, who is asked for once.
func (a *app) actor() (policy.Actor, error) {
	if a.who != nil {
		return *a.who, nil
	}
	if a.config.Identity.Kind != config.IdentityOIDC {
		actor, err := policy.ParseActor(a.config.As)
		return actor, inField("as", err)
	}
	url := a.config.Server.URL
	if url == "" {
		return policy.Actor{}, needed("server.url", "say with server.url where the service is that knows people by their tokens")
	}
	office, err := a.officeAt(url)
	if err != nil {
		return policy.Actor{}, err
	}
	var who policy.Actor
	err = a.wait(a.root.Context(), asking("the service at "+url, office.Alive), func(ctx context.Context) (err error) {
		who, err = office.WhoAmI(ctx)
		return err
	})
	if err == nil {
		a.who = &who
	}
	return who, err
}

// sealFolder is where up keeps its key, and the public keys to believe.
func sealFolder(dir string) (key, public string) {
	return filepath.Join(dir, "seal", "key"), filepath.Join(dir, "seal", "keys.txt")
}

// keyBeside gives where the key lies that goes with the public keys of an up.
func keyBeside(public string) string { return filepath.Join(filepath.Dir(public), "key") }

// ownKey gives the key of up and the keys to believe: the configured ones, else
// those that the data folder keeps.
func (a *app) ownKey(dir string) (*evidence.Signer, *evidence.Keyring, error) {
	if a.config.Seal.Key != "" {
		return a.configuredKey()
	}
	return a.parts.keptKey(dir)
}

// keptKey gives the key that a data folder keeps, made when it is not there yet.
func keptKey(dir string) (*evidence.Signer, *evidence.Keyring, error) {
	key, public := sealFolder(dir)
	if _, err := os.Stat(key); errors.Is(err, os.ErrNotExist) {
		if err := os.MkdirAll(filepath.Dir(key), 0o700); err != nil {
			return nil, nil, unreadable(filepath.Dir(key), err)
		}
		line, err := makeSealKey(key, "policycycle-up")
		if err == nil {
			err = os.WriteFile(public, []byte(line+"\n"), 0o600)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	signer, err := readSigner(key)
	if err != nil {
		return nil, nil, err
	}
	ring, err := readKeyring(public)
	return signer, ring, err
}

// configuredKey gives the key of serve and the keys to believe.
func (a *app) configuredKey() (*evidence.Signer, *evidence.Keyring, error) {
	switch {
	case a.config.Seal.Key == "":
		return nil, nil, needed("seal.key", "say with seal.key which key seals: policycycle keys new seal makes one")
	case a.config.Seal.Keys == "":
		return nil, nil, needed("seal.keys", "say with seal.keys which public keys to believe")
	}
	signer, err := readSigner(a.config.Seal.Key)
	if err != nil {
		return nil, nil, inField("seal.key", err)
	}
	ring, err := readKeyring(a.config.Seal.Keys)
	if err != nil {
		return nil, nil, inField("seal.keys", err)
	}
	return signer, ring, usable(signer, ring)
}

// holding gives a connection the key itself: that of up and serve.
func (a *app) holding(conn connection, signer *evidence.Signer, ring *evidence.Keyring) (connection, error) {
	conn = a.recording(conn)
	conn.records.Keys, conn.sealer = ring, nil
	if conn.records.Sealed {
		conn.sealer, conn.records.Signer = local.Key{Signer: signer}, signer
	}
	conn.hooks.Locks = locksOfWebhooks(func() (*evidence.Signer, error) { return signer, nil })
	var err error
	conn.encryption, err = a.encryption()
	return conn, err
}
