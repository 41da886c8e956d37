//go:build !linux

package postgres

import "syscall"

// dieWithUs does nothing here: only Linux can tie a process to its parent.
func dieWithUs(*syscall.SysProcAttr) {}
