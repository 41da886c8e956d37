package processes

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
)

func TestWriteProgram_WritesWhatStartsAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var all sync.WaitGroup
	for i := range 16 { // each starts programs while the others write theirs
		all.Go(func() {
			for j := range 20 {
				path := filepath.Join(dir, strconv.Itoa(i)+"-"+strconv.Itoa(j))
				if err := WriteProgram(path, []byte("#!/bin/sh\n")); err != nil {
					t.Error(err)
				} else if err := exec.Command(path).Run(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
