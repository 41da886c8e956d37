package notify_test

import (
	"testing"

	"github.com/policycycle/policycycle/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }
