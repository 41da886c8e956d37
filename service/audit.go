package service

import (
	"context"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

// Audits gives auditors what they check.
type Audits interface {
	// Dossier gives the whole record of a cycle as it stands in the tables, with
	// the trail by which it is checked. Who asks must be one who may audit.
	Dossier(ctx context.Context, cycle string) (*evidence.Dossier, error)
	// ListReads lists who read what is marked LIMITE, where that is recorded.
	ListReads(ctx context.Context, cycle string) ([]Read, error)
}

// People tells who is known here, with which roles, and changes that.
type People interface {
	// ListPeople lists everybody whom the records know.
	ListPeople(ctx context.Context) ([]Person, error)
	// ChangeRole gives a role or withdraws it, at once.
	ChangeRole(ctx context.Context, r ChangeRole) error
	// LinkAccount says that an account is that of a person, so that four eyes are
	// those of two human beings.
	LinkAccount(ctx context.Context, l LinkAccount) error
	// ErasePerson takes a name out of the records; what the person did stays.
	ErasePerson(ctx context.Context, person int64) error
}

// Person is somebody whom the records know.
type Person struct {
	Person   int64          `json:"person"`
	Name     string         `json:"name,omitempty"` // empty once erased
	Service  bool           `json:"service"`        // no human being
	Erased   *time.Time     `json:"erased,omitempty"`
	Accounts []string       `json:"accounts"` // issuer and subject
	Roles    []policy.Grant `json:"roles"`
}

// ChangeRole gives a role to a person, or withdraws it.
type ChangeRole struct {
	Person   int64        `json:"person"`
	Role     policy.Grant `json:"role"`
	Withdraw bool         `json:"withdraw,omitempty"`
}

// LinkAccount says whose an account is.
type LinkAccount struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
	Person  int64  `json:"person"`
}

// Read is that somebody read a version.
type Read struct {
	Sequence int64          `json:"sequence"`
	At       time.Time      `json:"at"`
	By       string         `json:"by"`
	Subject  policy.Subject `json:"subject"`
	Version  int            `json:"version"`
}
