package telemetry

import "github.com/prometheus/client_golang/prometheus"

// The figures of the runs, as this process sees them.
var (
	activityFailures = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "policycycle_activity_failures_total", Help: "What runs asked for and did not get, and asked for again, by activity.",
	}, []string{"activity"})
	activityAttempts = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "policycycle_activity_attempts", Help: "The attempt of the activity that was tried last, by activity: 1 where all is well.",
	}, []string{"activity"})
	undecodable = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "policycycle_undecodable_total", Help: "Messages that were encrypted with a key which this process does not have.",
	})
	standingStill = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "policycycle_runs_standing_still", Help: "Runs that should be in motion and get no further.",
	})
	setInMotion = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "policycycle_runs_set_in_motion_total", Help: "Runs that were missing and were started again.",
	})
	signed = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "policycycle_checkpoints_timestamp_seconds", Help: "When every trail was last found signed and exported, of a process that does so.",
	}, nil)
)

// CountAttempt counts an attempt of an activity: failed says that there will be another.
func CountAttempt(activity string, attempt int32, failed bool) {
	activityAttempts.WithLabelValues(activity).Set(float64(attempt))
	if failed {
		activityFailures.WithLabelValues(activity).Inc()
	}
}

// CountUndecodable counts a message for which this process has no key.
func CountUndecodable() { undecodable.Inc() }

// CountStandingStill says how many runs get no further.
func CountStandingStill(n int) { standingStill.Set(float64(n)) }

// CountSetInMotion counts runs that were missing and were started again.
func CountSetInMotion(n int) { setInMotion.Add(float64(n)) }

// CountSigned notes that every trail is signed and exported now.
func CountSigned() { signed.WithLabelValues().SetToCurrentTime() }
