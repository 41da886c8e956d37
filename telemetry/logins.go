package telemetry

import "github.com/prometheus/client_golang/prometheus"

// The figures of who comes, as this process sees them.
var (
	logins = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "policycycle_logins_total", Help: "Log-ins and log-outs of browsers, by what became of them.",
	}, []string{"result"})
	refusedTokens = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "policycycle_refused_tokens_total", Help: "Tokens that commands and programs showed and that were not believed, by why.",
	}, []string{"reason"})
)

// CountLogin counts a log-in by what became of it.
func CountLogin(result string) { logins.WithLabelValues(result).Inc() }

// CountRefusedToken counts a token that was not believed, by why.
func CountRefusedToken(reason string) { refusedTokens.WithLabelValues(reason).Inc() }
