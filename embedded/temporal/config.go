//go:build !lean

package temporal

import (
	"time"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
)

// shards divide the histories. The number is fixed for the life of the data;
// each shard costs a few idle goroutines, and one process needs no more.
const shards = 4

const clusterName = "active"

// ports of the four services on 127.0.0.1.
type ports struct{ frontend, history, matching, worker int }

func (p ports) services() map[primitives.ServiceName]int {
	return map[primitives.ServiceName]int{
		primitives.FrontendService: p.frontend,
		primitives.HistoryService:  p.history,
		primitives.MatchingService: p.matching,
		primitives.WorkerService:   p.worker,
	}
}

func serverOptions(stores stores, p ports, log *logger) []temporal.ServerOption {
	hosts := map[primitives.ServiceName]static.Hosts{}
	for name, port := range p.services() {
		hosts[name] = static.SingleLocalHost(local(port))
	}
	return []temporal.ServerOption{
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithConfig(serverConfig(stores, p)),
		temporal.WithStaticHosts(hosts),
		temporal.WithLogger(log),
		temporal.WithDynamicConfigClient(dynamicValues()),
		temporal.WithChainedFrontendGrpcInterceptors(bound),
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper {
			return authorization.NewNoopClaimMapper()
		}),
	}
}

// serverConfig leaves out what a private engine has no use for: metrics and
// pprof listeners, archival, TLS, other clusters.
func serverConfig(stores stores, p ports) *config.Config {
	services := map[string]config.Service{}
	for name, port := range p.services() {
		services[string(name)] = config.Service{RPC: config.RPC{GRPCPort: port, BindOnIP: "127.0.0.1"}}
	}
	return &config.Config{
		Services:     services,
		PublicClient: config.PublicClient{HostPort: local(p.frontend)},
		Persistence: config.Persistence{
			DefaultStore:     Database,
			VisibilityStore:  VisibilityDatabase,
			NumHistoryShards: shards,
			DataStores: map[string]config.DataStore{
				Database:           {SQL: stores.main},
				VisibilityDatabase: {SQL: stores.visibility},
			},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: local(p.frontend)},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: config.ArchivalDisabled},
			Visibility: config.VisibilityArchival{State: config.ArchivalDisabled},
		},
		NamespaceDefaults: config.NamespaceDefaults{
			Archival: config.ArchivalNamespaceDefaults{
				History:    config.HistoryArchivalNamespaceDefaults{State: config.ArchivalDisabled},
				Visibility: config.VisibilityArchivalNamespaceDefaults{State: config.ArchivalDisabled},
			},
		},
	}
}

// dynamicValues differ from Temporal's defaults, which are meant for clusters
// of many hosts. The figures are from the benchmarks of this package.
func dynamicValues() dynamicconfig.StaticClient {
	return dynamicconfig.StaticClient{
		// A shard looks for new tasks at most so often a second; at the default
		// of 20 a recorded decision takes 50 ms instead of 15 to 20.
		dynamicconfig.TransferProcessorMaxPollRPS.Key(): 1000,
		// Timers may fire so much late; at the default of a second a rehearsal's
		// calendar would slip by weeks.
		dynamicconfig.TimerProcessorMaxTimeShift.Key(): 5 * time.Millisecond,
		// One host: partitions of a task queue would only pass tasks around (95 %
		// of new runs are done in 20 ms instead of 87).
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,
		// Runs that stay in memory; the others, which wait for months, are read again when
		// they wake. At the default of 128,000 each waiting cycle keeps its share for an hour.
		dynamicconfig.HistoryCacheHostLevelMaxSize.Key(): 1000,
		// A larger signal is refused to whoever sends it: a run that is sent many would
		// reach the end of its history before it could leave it.
		dynamicconfig.BlobSizeLimitError.Key(): MaxPayload,
		dynamicconfig.BlobSizeLimitWarn.Key():  MaxPayload / 2,
		// System workflows that nothing here uses: they cost time at the start
		// and pollers all day.
		dynamicconfig.TaskQueueScannerEnabled.Key():       false,
		dynamicconfig.HistoryScannerEnabled.Key():         false,
		dynamicconfig.ExecutionsScannerEnabled.Key():      false,
		dynamicconfig.BuildIdScavengerEnabled.Key():       false,
		dynamicconfig.EnableParentClosePolicyWorker.Key(): false,
	}
}
