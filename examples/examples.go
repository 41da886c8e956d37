// Package examples holds the cycles that ship with policycycle.
package examples

import "embed"

// Files holds the folders of the cycles 2011-2013, 2022-2025 and 2026-2029.
//
//go:embed empact-2022-2025 empact-2026-2029 initial-2011-2013
var Files embed.FS
