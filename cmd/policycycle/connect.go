package main

import (
	"errors"
	"net/http"
	"os"
	"strings"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/embedded/running"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service/remote"
)

// connection finds the engine that a command talks to: the running one on the
// folder of --data, else the configured Temporal and Postgres, else the running
// one on the data folder. The error has policy.CodeUnavailable and contains
// running.ErrNone when nothing runs, policy.CodeInvalid when the configuration
// names only half an engine.
func (a *app) connection() (connection, error) {
	if a.isClient() {
		return a.client()
	}
	conn, err := a.engine()
	if err == nil {
		conn, err = a.secured(conn)
	}
	if err == nil {
		conn.encryption, err = a.encryption()
	}
	return conn, err
}

// asked finds what a command asks: with a provider the service that is named, whatever
// else this machine can reach, for the service alone has the keys; else as connection.
func (a *app) asked() (connection, error) {
	c := a.config
	if c.Identity.Kind == config.IdentityOIDC && c.Server.URL != "" && c.Origin("data").Kind != config.FromFlag {
		return a.client()
	}
	return a.connection()
}

// isClient says whether a service is asked instead of an engine: one is named, and
// no engine is.
func (a *app) isClient() bool {
	c := a.config
	return c.Server.URL != "" && c.Database.URL == "" && c.Temporal.Address == "" && c.Origin("data").Kind != config.FromFlag
}

// client gives the service that is named.
func (a *app) client() (connection, error) {
	token, err := a.token()
	if policy.CodeOf(err) == policy.CodeNotIdentified { // the public reads
		err = nil
	}
	return connection{
		name:   "the service at " + a.config.Server.URL,
		remote: &remote.Service{URL: strings.TrimRight(a.config.Server.URL, "/"), Client: &http.Client{}, Token: token, Name: a.config.As},
	}, err
}

// engine finds the engine itself.
func (a *app) engine() (connection, error) {
	if a.config.Origin("data").Kind == config.FromFlag {
		return a.running()
	}
	conn, err := a.configured()
	if err != nil || conn.databaseURL != "" {
		return conn, err
	}
	return a.running()
}

// dataFlag is what has to be typed for another command to find the same
// engine.
func (a *app) dataFlag() string {
	if a.config.Origin("data").Kind == config.FromFlag {
		return " --data " + a.config.Data
	}
	return ""
}

// configured gives the configured engine; none is the zero connection.
func (a *app) configured() (connection, error) {
	url, temporal := a.config.Database.URL, a.config.Temporal
	switch {
	case url == "" && temporal.Address == "":
		return connection{}, nil
	case temporal.Address == "":
		return connection{}, halfConfigured("database.url", a.config.Origin("database.url"), "temporal.address", "TEMPORAL_ADDRESS")
	case url == "":
		return connection{}, halfConfigured("temporal.address", a.config.Origin("temporal.address"), "database.url", "DATABASE_URL")
	}
	return connection{
		name:        "the engine at " + temporal.Address,
		databaseURL: url.Reveal(), temporal: temporal,
	}, nil
}

func halfConfigured(given string, from config.Origin, lacking, variable string) error {
	return needed(lacking, "%s is set (%s) but %s is not: set it too, such as by %s, or name the folder of a running `policycycle up` with --data DIR",
		given, from, lacking, variable)
}

// running gives the engine of the `up` that runs.
func (a *app) running() (connection, error) {
	dir := a.config.Data
	if a.config.Origin("data").Kind == config.FromDefault {
		dir = "" // wherever the only one is
	}
	info, err := a.parts.find(dir)
	if err != nil {
		return connection{}, errors.Join(policy.Refuse(policy.CodeUnavailable, "%s", err), err)
	}
	return connectionTo(info), nil
}

func connectionTo(info running.Info) connection {
	_, keys := sealFolder(info.Dir)
	if _, err := os.Stat(keys); err != nil {
		keys = "" // nothing was ever sealed there
	}
	return connection{
		keys:        keys,
		name:        "the engine in " + info.Dir,
		databaseURL: info.DatabaseURL,
		office:      info.Office,
		private:     true,
		temporal:    config.Temporal{Address: info.TemporalAddress, Namespace: info.Namespace},
	}
}
