package main

import (
	"context"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	grpchealth "google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/identity/identitytest"
	"github.com/policycycle/policycycle/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// toyTemporal is the frontend of a Temporal with one namespace and no work in it.
type toyTemporal struct {
	workflowservice.UnimplementedWorkflowServiceServer
	address string
	ahead   time.Duration // of its clock
	mute    bool          // it lets nobody describe the namespace, nor ask for work

	mu      sync.Mutex
	lost    bool // the namespace is not there
	pollers []*taskqueuepb.PollerInfo
}

// temporalFor starts one that ends with the test.
func temporalFor(tb testing.TB, toy *toyTemporal) *toyTemporal {
	tb.Helper()
	line, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	server, healthy := grpc.NewServer(), grpchealth.NewServer()
	healthy.SetServingStatus("temporal.api.workflowservice.v1.WorkflowService", healthpb.HealthCheckResponse_SERVING)
	healthpb.RegisterHealthServer(server, healthy)
	workflowservice.RegisterWorkflowServiceServer(server, toy)
	go func() { _ = server.Serve(line) }()
	tb.Cleanup(server.Stop)
	toy.address = line.Addr().String()
	return toy
}

func (*toyTemporal) GetSystemInfo(context.Context, *workflowservice.GetSystemInfoRequest) (*workflowservice.GetSystemInfoResponse, error) {
	return &workflowservice.GetSystemInfoResponse{}, nil
}

func (t *toyTemporal) loses(lost bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lost = lost
}

func (t *toyTemporal) DescribeNamespace(_ context.Context, r *workflowservice.DescribeNamespaceRequest) (*workflowservice.DescribeNamespaceResponse, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.lost || r.GetNamespace() != "default":
		return nil, serviceerror.ToStatus(serviceerror.NewNamespaceNotFound(r.GetNamespace())).Err()
	case t.mute:
		return nil, serviceerror.ToStatus(serviceerror.NewPermissionDenied("not for you", "")).Err()
	}
	return &workflowservice.DescribeNamespaceResponse{
		NamespaceInfo: &namespacepb.NamespaceInfo{Name: r.GetNamespace()},
		Config:        &namespacepb.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(engine.Retention)},
	}, nil
}

func (t *toyTemporal) PollActivityTaskQueue(ctx context.Context, r *workflowservice.PollActivityTaskQueueRequest) (*workflowservice.PollActivityTaskQueueResponse, error) {
	if t.mute {
		return nil, serviceerror.ToStatus(serviceerror.NewPermissionDenied("not for you", "")).Err()
	}
	t.mu.Lock()
	t.pollers = append(t.pollers, &taskqueuepb.PollerInfo{Identity: r.GetIdentity(), LastAccessTime: timestamppb.New(time.Now().Add(t.ahead))})
	t.mu.Unlock()
	<-ctx.Done()
	return nil, ctx.Err()
}

func (t *toyTemporal) DescribeTaskQueue(context.Context, *workflowservice.DescribeTaskQueueRequest) (*workflowservice.DescribeTaskQueueResponse, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return &workflowservice.DescribeTaskQueueResponse{Pollers: slices.Clone(t.pollers)}, nil
}

// siteFor is all that a serve and a worker need, for real and on this machine: the environment
// of a policycycle that finds nothing wrong with it.
type siteFor struct {
	tb       testing.TB
	folder   string
	records  string // the address of the records for whoever is one process
	temporal *toyTemporal
	env      []string
}

func site(tb testing.TB) *siteFor {
	tb.Helper()
	s := &siteFor{tb: tb, folder: tb.TempDir(), records: storetest.URL(tb), temporal: temporalFor(tb, &toyTemporal{})}
	provider := identitytest.New(tb, time.Now())
	keys := s.types("keys", "new", "seal", "--name", "here", "--file", s.path("seal.key"))
	s.types("keys", "new", "encryption", "--file", s.path("encryption.keys"))
	s.env = []string{
		"DATABASE_URL=" + s.as(storetest.Worker), "TEMPORAL_ADDRESS=" + s.temporal.address, "POLICYCYCLE_LISTEN=127.0.0.1:0",
		"POLICYCYCLE_IDENTITY=oidc", "POLICYCYCLE_IDENTITY_ISSUER=" + provider.URL, "POLICYCYCLE_IDENTITY_CLIENT_ID=policycycle",
		"POLICYCYCLE_IDENTITY_CLAIMS=" + s.file("claims.yaml", "roles:\n  - {claim: groups, value: empact-gs, give: [official@general-secretariat]}\n"),
		"POLICYCYCLE_SEAL=true", "POLICYCYCLE_SEAL_KEY=" + s.path("seal.key"), "POLICYCYCLE_SEAL_KEYS=" + s.file("keys.txt", keys),
		"POLICYCYCLE_ENCRYPTION_KEYS=" + s.path("encryption.keys"), "POLICYCYCLE_AUDIT_CHECKPOINTS=" + s.path("witness"),
	}
	return s
}

func (s *siteFor) path(name string) string { return filepath.Join(s.folder, name) }

// as gives the address of the records for a login in one role alone.
func (s *siteFor) as(role string) string { return storetest.As(s.tb, s.records, role) }

// to gives the address of the records, changed.
func (s *siteFor) to(change func(*url.URL)) string {
	s.tb.Helper()
	u, err := url.Parse(s.as(storetest.Worker))
	if err != nil {
		s.tb.Fatal(err)
	}
	change(u)
	return u.String()
}

// file writes a file that its owner alone can read.
func (s *siteFor) file(name, text string) string {
	s.tb.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		s.tb.Fatal(err)
	}
	return s.path(name)
}

// types gives what a command says that has to succeed.
func (s *siteFor) types(args ...string) string {
	s.tb.Helper()
	did := command(s.tb.Context(), wire(), s.env, args...)
	if did.status != 0 {
		s.tb.Fatalf("%s: status %d\n%s%s", strings.Join(args, " "), did.status, did.out, did.err)
	}
	return did.out
}

// sql runs SQL as the owner of the whole server.
func (s *siteFor) sql(statements string) {
	s.tb.Helper()
	conn, err := pgx.Connect(s.tb.Context(), storetest.Owner(s.tb, s.records))
	if err != nil {
		s.tb.Fatal(err)
	}
	defer conn.Close(s.tb.Context())
	if _, err := conn.Exec(s.tb.Context(), statements); err != nil {
		s.tb.Fatal(err)
	}
}

// with gives the environment with other settings; one that is empty is taken away.
func (s *siteFor) with(settings ...string) []string {
	env := slices.Clone(s.env)
	for _, setting := range settings {
		name, value, _ := strings.Cut(setting, "=")
		env = slices.DeleteFunc(env, func(e string) bool { return strings.HasPrefix(e, name+"=") })
		if value != "" {
			env = append(env, setting)
		}
	}
	return env
}
