//go:build !lean

package temporal

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/server/temporal"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/policycycle/policycycle/embedded/internal/statefile"
)

const (
	attempts  = 3           // to start on ports that were free a moment ago
	toldLines = 8           // of the server's log in an error
	patience  = time.Minute // with a frontend that does not answer
)

// Included says whether this build has the server in it; a lean one has not.
const Included = true

// Server is a running Temporal server.
type Server struct {
	address string
	server  temporal.Server
	gaveUp  <-chan string // a part of it gave up, and says so
	stop    func() error
}

// Start sets up or upgrades the schema, starts the server, and returns once the
// frontend answers and the namespace is there. Errors are sentences for the
// operator and end with the last lines of the server's log where that helps.
func Start(ctx context.Context, options Options) (*Server, error) {
	if err := os.MkdirAll(options.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("the folder for Temporal cannot be made: %w", err)
	}
	stores, err := storesOf(options.PostgresURL)
	if err != nil {
		return nil, err
	}
	logFile := filepath.Join(options.Dir, "temporal.log")
	log, err := statefile.Log(logFile)
	if err != nil {
		return nil, err
	}
	said, err := log.Seek(0, 2)
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	s, err := start(ctx, stores, options, log)
	if err != nil {
		_ = log.Close()
		return nil, fmt.Errorf("Temporal did not start: %w; its log is %s and ends with:\n%s", err, logFile, statefile.Tail(logFile, said, toldLines))
	}
	return s, nil
}

func start(ctx context.Context, stores stores, options Options, log *os.File) (*Server, error) {
	worker.SetBinaryChecksum(program())
	serverLog := newLogger(log, options.Log)
	if err := stores.migrate(serverLog); err != nil {
		return nil, err
	}
	s, err := serve(stores, options.Dir, serverLog)
	if err != nil {
		return nil, err
	}
	s.stop = sync.OnceValue(func() error { return errors.Join(s.server.Stop(), log.Close()) })
	if err := s.prepareNamespace(ctx); err != nil {
		return nil, errors.Join(err, s.server.Stop())
	}
	return s, nil
}

// serve starts the four services on the kept ports, or on other ones when a
// stranger takes one at the last moment. Each attempt has a log of its own, so that
// what becomes of a former one is not said of the last.
func serve(stores stores, dir string, log *logger) (*Server, error) {
	var failure error
	for range attempts {
		list, err := statefile.Ports(filepath.Join(dir, "ports"), 4)
		if err != nil {
			return nil, err
		}
		p := ports{frontend: list[0], history: list[1], matching: list[2], worker: list[3]}
		log = log.fresh()
		s := &Server{address: local(p.frontend), gaveUp: log.gaveUp}
		failure = log.guard(func() (err error) {
			if s.server, err = temporal.NewServer(serverOptions(stores, p, log)...); err != nil {
				return err
			}
			if err = s.server.Start(); err != nil {
				return errors.Join(err, s.server.Stop())
			}
			return nil
		})
		if failure == nil {
			return s, nil
		}
		if statefile.AllFree(list) {
			break
		}
	}
	return nil, failure
}

// prepareNamespace makes the namespace, or brings its retention up to date.
// Waiting for the frontend to take the first call is what makes Start mean
// "answers". It registers before it looks: the frontend remembers for seconds
// that a namespace was not found (measured).
func (s *Server) prepareNamespace(ctx context.Context) error {
	conn, err := grpc.NewClient(s.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	frontend := workflowservice.NewWorkflowServiceClient(conn)
	_, err = frontend.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace:                        Namespace,
		Description:                      "the EU policy cycle",
		WorkflowExecutionRetentionPeriod: durationpb.New(Retention),
	}, grpc.WaitForReady(true))
	if err == nil || status.Code(err) == codes.AlreadyExists {
		err = keepRetention(ctx, frontend)
	}
	if err != nil {
		return fmt.Errorf("the namespace %s could not be made ready: %w", Namespace, err)
	}
	return nil
}

// keepRetention changes the retention of a namespace that an earlier version
// made with another one.
func keepRetention(ctx context.Context, frontend workflowservice.WorkflowServiceClient) error {
	found, err := frontend.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: Namespace})
	if err != nil || found.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration() == Retention {
		return err
	}
	_, err = frontend.UpdateNamespace(ctx, &workflowservice.UpdateNamespaceRequest{
		Namespace: Namespace,
		Config:    &namespace.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(Retention)},
	})
	return err
}

// Keep waits until ctx ends, and then returns nil. The error is a sentence for the
// operator: a part of the server gave up, and the others are of no use without it.
// While Postgres is away the server goes on and waits for it.
func (s *Server) Keep(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case said := <-s.gaveUp:
		return fmt.Errorf("the Temporal server gave up: %s", said)
	}
}

// Address is the frontend's host:port for Temporal clients.
func (s *Server) Address() string { return s.address }

// Namespace is the namespace that Start made.
func (s *Server) Namespace() string { return Namespace }

// Stop ends the four services in order. Close clients and stop workers first:
// their open calls are cut off. A second Stop does nothing.
func (s *Server) Stop() error {
	if err := s.stop(); err != nil {
		return fmt.Errorf("Temporal did not stop in order: %w", err)
	}
	return nil
}

// program tells this executable from another build of it. Left to itself, the
// first worker in a process reads and hashes the whole executable: 0.3 s of
// every start (measured).
func program() string {
	path, err := os.Executable()
	if err != nil {
		return "unknown"
	}
	info, err := os.Stat(path)
	if err != nil {
		return "unknown"
	}
	return fmt.Sprintf("%s-%d-%d", filepath.Base(path), info.Size(), info.ModTime().Unix())
}

func local(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
