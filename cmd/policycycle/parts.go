package main

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/rs/zerolog"

	"github.com/policycycle/policycycle/advance"
	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/embedded"
	"github.com/policycycle/policycycle/embedded/running"
	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/notify"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/rehearsal"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/service/remote"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/telemetry"
	"github.com/policycycle/policycycle/web/text"
	"github.com/policycycle/policycycle/worker"
)

// connection says how an engine is reached: a private one that runs, or the
// configured Temporal and Postgres.
type connection struct {
	name        string // for people: "the engine in /var/lib/policycycle"
	databaseURL string // with the password
	temporal    config.Temporal
	timeout     time.Duration // how long to wait for the answer to an act
	records     store.Options // whom the records believe
	sealer      local.Sealer  // nil for none
	encryption  *engine.Encryption
	private     bool           // Temporal is that of an `up`
	shown       policy.Marking // the highest marking of what Temporal shows
	reads       bool           // whether it is recorded who reads what is marked LIMITE
	mail        *local.Mail    // whom mail may leave to; nil for nobody
	hooks       local.Webhooks // where events may leave to
	office      string         // where acts are sealed; empty for nowhere
	keys        string         // file with the public keys of that engine; empty for none
	observed    observed       // what tells how a process is doing
	// remote is the service of another machine, where that is asked instead of an
	// engine; nil otherwise.
	remote *remote.Service
}

// rooms is an engine that was reached.
type rooms struct {
	service.Service
	// theatre turns the pages of rehearsals; nil where the engine is elsewhere.
	theatre rehearsal.Theatre
	// office is what sends mail; nil where the engine is elsewhere.
	office notify.Office
	// board is what tells programs; nil where the engine is elsewhere.
	board notify.Switchboard
	// post does the work of the run that sends until the context ends, and wake has it look.
	post func(ctx context.Context, send worker.Send) error
	wake func(context.Context) error
	// work does the work of all cycles until the context ends.
	work func(context.Context) error
	// keep keeps in motion what must be, until the context ends; work does so besides.
	keep func(context.Context) error
	// stopped lists the runs that got no further when they were looked at last.
	stopped func() []worker.Stopped
	// records are those of the engine; nil in tests of the commands.
	records *store.Store
	// ready returns once a worker of this process asks for work and the records answer.
	ready func(context.Context) error
	// waiting gives about how many runs wait for a worker.
	waiting func(context.Context) (int, error)
	// able says whether all can be done: the login has its rights, the records can be
	// written, and Temporal answers and has the namespace.
	able func(context.Context) error
	// alive gives a sign of life: what was asked for, or handed in, is being dealt
	// with; nil where none can be had.
	alive func(context.Context) error
	close func()
	name  string // of the connection, for people
}

// parts are the rooms that the command line wires together. The commands know
// them by these functions alone, so that their own tests need no engine.
type parts struct {
	// defaultData is the data folder when none is named.
	defaultData func() (string, error)
	// find gives the running engine of a data folder, or of the only one up
	// when dir is empty. Its error contains running.ErrNone when there is none.
	find func(dir string) (running.Info, error)
	// announce makes an engine findable.
	announce func(running.Info) (withdraw func(), err error)
	// startEngine starts a private Postgres and Temporal.
	startEngine func(context.Context, embedded.Options) (privateEngine, error)

	// keptKey gives the key with which the engine of a data folder seals and signs,
	// and the public keys to believe.
	keptKey func(dir string) (*evidence.Signer, *evidence.Keyring, error)
	// migrate brings the tables up to date and makes Temporal's namespace.
	migrate func(context.Context, connection) error
	// privileges tells what a connection may do to the records.
	privileges func(context.Context, connection) (store.Privileges, error)
	// temporal tells what a connection finds in Temporal.
	temporal func(context.Context, connection) (placed, error)
	// operations tells how it is going there.
	operations func(context.Context, connection) (operations, error)
	// keys lists the keys that the records know.
	keys func(context.Context, connection) ([]store.Key, error)
	// retireKey ends the life of a key, at once where it is lost.
	retireKey func(ctx context.Context, c connection, key store.Key, lost bool) (store.Key, error)
	// askProvider says whether a provider of identities is there.
	askProvider func(context.Context, identity.Options) error
	// read gives a service that answers from the records alone.
	read func(context.Context, connection) (*rooms, error)
	// open reaches an engine for everything.
	open func(context.Context, connection, zerolog.Logger) (*rooms, error)
	// play plays the actors of all rehearsals until the context ends.
	play func(context.Context, rehearsal.Theatre, zerolog.Logger)

	// readCycle and readAmendment read files; their errors name file, line,
	// field and what was expected.
	readCycle     func(name string, r io.Reader) (*files.CycleFile, error)
	readAmendment func(name string, r io.Reader) (*files.AmendmentFile, error)
}

// privateEngine is what the command line needs of an embedded engine.
type privateEngine interface {
	Info() running.Info
	// Application gives the address of the records for a login that may not change
	// them.
	Application(context.Context) (string, error)
	// Keep keeps it up until the context ends; the error says what is gone for good.
	Keep(context.Context) error
	Stop(context.Context) error
}

// wire puts the real rooms in their places.
func wire() parts {
	return parts{
		defaultData: running.DefaultDir,
		find:        running.Find,
		announce:    running.Announce,
		startEngine: startEngine,
		keptKey:     keptKey,
		migrate:     migrate,
		privileges:  privileges,
		temporal:    examineTemporal,
		operations:  examineOperations,
		keys:        keys,
		retireKey:   retireKey,
		askProvider: askProvider,
		read:        read,
		open:        open,
		play:        rehearsal.Play,

		readCycle:     files.ReadCycle,
		readAmendment: files.ReadAmendment,
	}
}

// startEngine starts an engine, and has the words of the pages read meanwhile: the doors want
// them, and a start waits for Postgres most of the time.
func startEngine(ctx context.Context, o embedded.Options) (privateEngine, error) {
	go func() { _, _ = text.Load() }() // the doors tell what is wrong with them
	e, err := embedded.Start(ctx, o)
	if err != nil {
		return nil, err // never a nil *Engine in the interface
	}
	return e, nil
}

func migrate(ctx context.Context, c connection) error {
	if err := store.Migrate(ctx, c.databaseURL); err != nil || c.temporal.Address == "" {
		return err
	}
	options, err := c.options(zerolog.Nop())
	if err != nil {
		return err
	}
	return engine.Prepare(ctx, options)
}

// options says how Temporal is reached.
func (c connection) options(log zerolog.Logger) (engine.Options, error) {
	tls, err := c.temporal.TLSConfig()
	return engine.Options{
		Address: c.temporal.Address, Namespace: c.temporal.Namespace, APIKey: c.temporal.APIKey.Reveal(),
		TLS: tls, Log: log, Timeout: c.timeout, Encryption: c.encryption, Shown: c.shown,
		Traces: c.observed.traces, Meter: c.observed.meter,
	}, err
}

func privileges(ctx context.Context, c connection) (store.Privileges, error) {
	c.records.AnySchema = true // what does not fit is a finding
	records, err := store.Open(ctx, c.databaseURL, c.records)
	if err != nil {
		return store.Privileges{}, err
	}
	defer records.Close()
	return records.FindPrivileges(ctx)
}

// operations is how it is going on an engine.
type operations struct {
	write, keys, temporal error            // what is wrong; nil for nothing
	believed              []string         // keys that seal and are retired, and believed here all the same
	stopped               []worker.Stopped // missing, or standing still
	unsigned              time.Time        // since when something stands in no checkpoint; zero for nothing
	kept                  []store.Checkpoint
	checkpoints           error // why that is not known
}

func examineOperations(ctx context.Context, c connection) (operations, error) {
	var found operations
	options, err := c.options(zerolog.Nop())
	if err != nil {
		return found, err
	}
	records, err := store.Open(ctx, c.databaseURL, c.records)
	if err != nil {
		return found, err
	}
	defer records.Close()
	found.write = records.TryWrite(ctx)
	if found.keys = records.KeysFit(ctx, worker.HeldKeys(c.encryption)); found.keys == nil {
		found.believed, found.keys = records.StillBelieved(ctx)
	}
	if found.unsigned, found.checkpoints = records.UnsignedSince(ctx); found.checkpoints == nil {
		found.kept, found.checkpoints = records.LastCheckpoints(ctx, time.Time{})
	}
	e, err := engine.Dial(ctx, options)
	if err != nil {
		found.temporal = err
		return found, nil
	}
	defer e.Close()
	found.stopped, found.temporal = worker.Examine(ctx, e, records)
	return found, nil
}

func askProvider(ctx context.Context, o identity.Options) error {
	_, err := identity.Dial(ctx, o)
	return err
}

func keys(ctx context.Context, c connection) ([]store.Key, error) {
	records, err := store.Open(ctx, c.databaseURL, c.records)
	if err != nil {
		return nil, err
	}
	defer records.Close()
	return records.ListKeys(ctx)
}

func retireKey(ctx context.Context, c connection, key store.Key, lost bool) (store.Key, error) {
	records, err := store.Open(ctx, c.databaseURL, c.records)
	if err != nil {
		return key, err
	}
	defer records.Close()
	switch {
	case lost:
		err = records.GiveUpKey(ctx, key.ID, time.Now())
	case key.Kind == store.KeyEncrypts && key.State() == store.KeyInUse:
		err = renewAndRetire(ctx, c, records, key.ID)
	default:
		err = records.RetireKey(ctx, key.ID, time.Now())
	}
	if err != nil {
		return key, err
	}
	return records.FindKey(ctx, key.ID)
}

func renewAndRetire(ctx context.Context, c connection, records *store.Store, id string) error {
	options, err := c.options(zerolog.Nop())
	if err != nil {
		return err
	}
	e, err := engine.Dial(ctx, options)
	if err != nil {
		return err
	}
	defer e.Close()
	return worker.Retire(ctx, e, records, id)
}

// service gives the service on the records; the engine is nil where nothing but those is reached.
func (c connection) service(records *store.Store, e *engine.Engine) *local.Service {
	svc := local.New(records, e, c.sealer).Hooking(c.hooks)
	if c.reads {
		svc = svc.RecordingReads()
	}
	if c.mail != nil {
		svc = svc.Mailing(*c.mail)
	}
	return svc
}

func read(ctx context.Context, c connection) (*rooms, error) {
	if c.remote != nil {
		return elsewhere(c), nil
	}
	records, err := store.Open(ctx, c.databaseURL, c.records)
	if err != nil {
		return nil, err
	}
	return &rooms{Service: c.service(records, nil), alive: records.Ping, close: records.Close}, nil
}

// elsewhere is a service of another machine.
func elsewhere(c connection) *rooms {
	return &rooms{Service: c.remote, alive: c.remote.Alive, close: func() {}}
}

// warnOfLogin tells the log of a login that may more than whoever works with it needs.
func warnOfLogin(ctx context.Context, records *store.Store, role store.Role, log zerolog.Logger) {
	if role == "" { // a command, for a moment
		return
	}
	if p, err := records.FindPrivileges(ctx); err == nil && p.Excess() != "" {
		log.Warn().Str("login", p.User).Msgf("the login at Postgres %s: whoever gets hold of it can change the records; log in as a member of %s, and give the owner to migrate alone (database.owner_url)", p.Excess(), role)
	}
}

func open(ctx context.Context, c connection, log zerolog.Logger) (*rooms, error) {
	if c.remote != nil {
		return elsewhere(c), nil
	}
	options, err := c.options(log)
	if err != nil {
		return nil, err
	}
	c.records.Odd = func(err error) {
		log.Error().Err(err).Msg("the records do not take something, or hold what cannot be read")
	}
	c.records.Unsealed = (&telemetry.Unsealed{Log: log}).Refused
	records, err := store.Open(ctx, c.databaseURL, c.records)
	if err != nil {
		return nil, err
	}
	warnOfLogin(ctx, records, c.records.Role, log)
	// Nobody sends what others cannot read.
	if err := records.AgreeOnKeys(ctx, worker.HeldKeys(c.encryption), time.Now()); err != nil {
		records.Close()
		return nil, err
	}
	advance.Tell(ctx, "parts of the engine", 1, 2)
	e, err := engine.Dial(ctx, options)
	if err != nil {
		records.Close()
		return nil, err
	}
	keeper := worker.NewKeeper(e, records)
	svc := c.service(records, e)
	return &rooms{
		Service: svc,
		theatre: svc,
		office:  svc,
		board:   svc,
		wake:    e.WakePost,
		post:    func(ctx context.Context, send worker.Send) error { return worker.ServePost(ctx, e, send) },
		work:    func(ctx context.Context) error { return worker.Serve(ctx, keeper) },
		keep:    keeper.Keep,
		stopped: keeper.Stopped,
		records: records,
		able: func(ctx context.Context) error {
			return errors.Join(records.Suits(ctx), records.TryWrite(ctx), e.Health(ctx))
		},
		ready: func(ctx context.Context) error {
			if err := e.Ready(ctx); err != nil {
				return err
			}
			return records.Ping(ctx)
		},
		waiting: e.Waiting,
		alive:   e.Alive,
		close:   func() { e.Close(); records.Close() },
	}, nil
}
