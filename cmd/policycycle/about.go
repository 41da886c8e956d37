package main

import (
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (a *app) configCommand() *cobra.Command {
	show := &cobra.Command{
		Use:     "show",
		Short:   "Every setting in force and where it comes from; secrets are hidden",
		Example: "  policycycle config show\n  policycycle config show -o json",
		Args:    arguments(false),
		RunE: func(*cobra.Command, []string) error {
			values := a.config.Effective()
			return a.print(values, func(p *page) {
				var rows [][]string
				for _, v := range values {
					rows = append(rows, []string{v.Key, v.Value, v.Source})
				}
				p.grid([]string{"Setting", "Value", "From"}, rows)
			})
		},
	}
	return group("config", "Look at the configuration", "  policycycle config show", show)
}

// buildInfo is what a binary knows of itself.
type buildInfo struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Go      string `json:"go"`
	SDK     string `json:"temporal_sdk,omitempty"`
	Server  string `json:"temporal_server,omitempty"` // the one that up runs
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "The version of this policycycle",
		Example: "  policycycle version",
		Args:    arguments(false),
		RunE: func(*cobra.Command, []string) error {
			info := readBuildInfo()
			return a.print(info, func(p *page) {
				p.line("policycycle %s", info.Version)
				p.facts([2]string{"Commit", info.Commit}, [2]string{"Go", info.Go},
					[2]string{"Temporal SDK", info.SDK}, [2]string{"Temporal server", info.Server})
			})
		},
	}
}

func readBuildInfo() buildInfo {
	info := buildInfo{Version: "(unknown)"}
	build, known := debug.ReadBuildInfo()
	if !known {
		return info
	}
	info.Version, info.Go = build.Main.Version, build.GoVersion
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
