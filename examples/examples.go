// Package examples holds the cycles that ship with policycycle.
package examples

import "embed"

// Files holds the folders of the cycles 2022-2025 and 2026-2029.
//
//go:embed empact-2022-2025 empact-2026-2029
var Files embed.FS
