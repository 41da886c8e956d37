package main

import (
	"runtime/debug"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/store"
)

func (a *app) configCommand() *cobra.Command {
	show := &cobra.Command{
		Use:     "show",
		Short:   "Every setting in force and where it comes from; secrets are hidden",
		Example: "  policycycle config show\n  policycycle config show -o json",
		RunE: func(*cobra.Command, []string) error {
			values := a.config.Effective()
			return a.print(values, func(p *page) {
				p.grid(cells{"Setting", "Value", "From"}, each(values, func(v config.Value) cells { return cells{v.Key, v.Value, v.Source} }))
			})
		},
	}
	return group("config", "Look at the configuration", "  policycycle config show", show)
}

// version and commit are set by the linker when a release is built (see
// .goreleaser.yaml). Elsewhere the binary tells what Go has put into it.
var version, commit string

// buildInfo is what a binary knows of itself.
type buildInfo struct {
	Version string `json:"version"`          // such as `v1.2.0`
	Commit  string `json:"commit,omitempty"` // from which it was built
	Go      string `json:"go"`
	SDK     string `json:"temporal_sdk,omitempty"`
	Server  string `json:"temporal_server,omitempty"` // the one that up runs
	Schema  int64  `json:"schema"`                    // the newest migration
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "The version of this policycycle, of its engine and of its tables",
		Long: `Tells the version and the commit of this policycycle, the Temporal server that up
runs, the Temporal SDK that it speaks with, and the schema: the number of the newest
migration. Records of another schema are refused (policycycle migrate).`,
		Example: "  policycycle version\n  policycycle version -o json",
		RunE: func(*cobra.Command, []string) (err error) {
			info := readBuildInfo()
			if info.Schema, err = store.NewestMigration(); err != nil {
				return err
			}
			return a.print(info, func(p *page) {
				p.line("policycycle %s", info.Version)
				p.facts([2]string{"Commit", info.Commit}, [2]string{"Go", info.Go},
					[2]string{"Temporal server", info.Server}, [2]string{"Temporal SDK", info.SDK},
					[2]string{"Schema", strconv.FormatInt(info.Schema, 10)})
			})
		},
	}
}

// readBuildInfo tells all but the schema, which takes a look into the migrations.
func readBuildInfo() buildInfo {
	info := buildInfo{Version: "(unknown)"}
	if build, known := debug.ReadBuildInfo(); known {
		info = buildInfoOf(build)
	}
	if version != "" {
		info.Version = version
	}
	if commit != "" {
		info.Commit = commit
	}
	return info
}

func buildInfoOf(build *debug.BuildInfo) buildInfo {
	info := buildInfo{Version: build.Main.Version, Go: build.GoVersion}
	for _, setting := range build.Settings {
		if setting.Key == "vcs.revision" {
			info.Commit = setting.Value
		}
	}
	for _, module := range build.Deps {
		switch module.Path {
		case "go.temporal.io/sdk":
			info.SDK = module.Version
		case "go.temporal.io/server":
			info.Server = module.Version
		}
	}
	return info
}
