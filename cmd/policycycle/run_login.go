package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
)

func (a *app) loginCommand() *cobra.Command {
	var again bool
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Log in with the provider, for the commands that follow",
		Long: `Opens a log-in with the provider (setting identity.issuer) in a browser, and keeps
the token that it gives for the commands that follow. Nothing is kept where names
are believed: there --as says who you are.`,
		Example: `  POLICYCYCLE_IDENTITY=oidc POLICYCYCLE_SERVER=https://empact.example.eu policycycle login`,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.login(cmd.Context(), again) },
	}
	cmd.Flags().BoolVar(&again, "again", false, "have the provider ask who you are even where it knows: for a decision that wants a fresh log-in")
	return cmd
}

// loginWithin is how long somebody may take to log in.
const loginWithin = 5 * time.Minute

func (a *app) login(ctx context.Context, again bool) error {
	c := a.config
	switch {
	case c.Identity.Kind != config.IdentityOIDC:
		return needed("identity.kind", "names are believed here: say who you are with --as NAME@BODY; to log in with a provider, set identity.kind to oidc")
	case c.Server.URL == "":
		return needed("server.url", "say with server.url which service to log in to")
	case c.Identity.Issuer == "" || c.Identity.ClientID == "":
		return needed("identity.issuer", "say with identity.issuer and identity.client_id which provider knows you")
	}
	bounded, cancel := context.WithTimeout(ctx, loginWithin)
	defer cancel()
	token, err := identity.LoginOnLoopback(bounded, identity.Options{
		Issuer: c.Identity.Issuer, ClientID: c.Identity.ClientID, Audience: c.Identity.Audience,
	}, again, func(address string) {
		_, _ = a.err.Write([]byte("Open this in a browser on this machine, and log in:\n\n  " + address + "\n\n"))
	})
	if err != nil {
		return late(ctx, err, policy.CodeNotIdentified, "nobody logged in within %s", loginWithin)
	}
	name := a.tokenKept()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return unreadable(name, err)
	}
	if err := os.WriteFile(name, []byte(token+"\n"), 0o600); err != nil {
		return unreadable(name, err)
	}
	office, err := a.officeAt(strings.TrimRight(c.Server.URL, "/"))
	if err != nil {
		return err
	}
	office.Token = token
	who, err := office.WhoAmI(bounded)
	if err != nil {
		return err
	}
	return a.print(who, func(p *page) { p.line("%s as %s at %s.", p.paint(green, "Logged in"), who, c.Server.URL) })
}

func (a *app) logoutCommand() *cobra.Command {
	return &cobra.Command{
		Use: "logout", Short: "Forget the log-in", Example: "  policycycle logout",
		RunE: func(*cobra.Command, []string) error {
			err := os.Remove(a.tokenKept())
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return unreadable(a.tokenKept(), err)
			}
			return a.print(struct {
				LoggedOut bool `json:"logged_out"`
			}{true}, func(p *page) { p.line("The log-in is forgotten.") })
		},
	}
}

// tokenKept is the file in which a log-in is kept, beside the data folder.
func (a *app) tokenKept() string {
	dir, err := a.parts.defaultData()
	if err != nil {
		return ""
	}
	return filepath.Join(filepath.Dir(dir), "policycycle-login", "token")
}
