package files_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/policycycle/policycycle/files"
)

func ExampleReadCycle() {
	file, err := os.Open(filepath.Join("..", "examples", "empact-2022-2025", "cycle.yaml"))
	if err != nil {
		panic(err)
	}
	defer func() { _ = file.Close() }()
	cycle, err := files.ReadCycle(file.Name(), file)
	if err != nil {
		panic(err)
	}
	fmt.Println(cycle.Title)
	fmt.Println(len(cycle.Priorities), "priorities, decided by", cycle.Conclusions.Due)
	for _, entry := range cycle.Agenda()[:3] {
		fmt.Println(entry.Due, entry.Subject.Path())
	}

	// What is wrong in a file is told with the place where it stands.
	_, err = files.ReadCycle("mine.yaml", strings.NewReader("title: EMPACT\nperiod: 2026\n"))
	fmt.Println(strings.Split(err.Error(), "\n")[0])
	// Output:
	// EMPACT 2022-2025
	// 10 priorities, decided by 2021-05-26
	// 2021-04-12 assessment
	// 2021-05-03 advisory-document
	// 2021-05-26 priorities
	// mine.yaml:1:1: format is missing
}
