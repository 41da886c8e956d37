package main

import (
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manCommand writes the manual pages. It is for those who make packages: help does
// not list it.
func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "man FOLDER",
		Hidden: true,
		Short:  "Write the manual pages into a folder",
		Long: `Writes a manual page for each command into the folder, which is made if need be. The
pages bear the month of SOURCE_DATE_EPOCH, or that of today.`,
		Example:           "  policycycle man man\n  MANPATH=. man policycycle",
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil }, // it wants no sound configuration
		RunE: func(cmd *cobra.Command, args []string) error {
			a.accepted = true
			if err := os.MkdirAll(args[0], 0o755); err != nil { //nolint:gosec // everybody may read manual pages
				return needed("dir", "the folder %s cannot be made", args[0])
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			return doc.GenManTree(root, &doc.GenManHeader{Source: "policycycle", Manual: "policycycle"}, args[0])
		},
	}
}
