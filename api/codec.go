package api

import (
	"net/http"
	"slices"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/telemetry"
)

// PathCodec is under which Temporal's own page and command have payloads decrypted.
const PathCodec = "/codec/"

// Codec encrypts and decrypts for Temporal's own page and command what travels there.
type Codec struct {
	// Handler does it, at /encode and /decode.
	Handler http.Handler
	// Origins are those of the pages that may ask.
	Origins []string
}

// maxPayloads is how much is decrypted at once, in bytes: a page of a history.
const maxPayloads = 8 << 20

// codec serves whoever may read all that is recorded. The page of another origin asks first
// whether it may, without saying for whom.
func (s *server) codec(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Origin")
	if origin := r.Header.Get("Origin"); origin != "" {
		if !slices.Contains(s.Codec.Origins, origin) {
			s.refuse(w, r, policy.Refuse(policy.CodeNotCompetent, "the pages of %s may not ask here: codec.origins lists those that may", origin))
			return
		}
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Access-Control-Allow-Methods", http.MethodPost)
		w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Namespace, Policycycle-As")
	}
	switch r.Method {
	case http.MethodOptions:
		w.WriteHeader(http.StatusNoContent)
		return
	case http.MethodPost:
	default:
		w.Header().Set("Allow", "OPTIONS, POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	who, err := s.identify(r)
	if err == nil && who.Body == "" {
		err = policy.Refuse(policy.CodeNotIdentified, "say who you are: with a token, or with Policycycle-As where names are believed")
	}
	if err == nil {
		err = who.JudgeDecrypting()
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	s.Log.Info().Int64("person", who.Person).Str("body", string(who.Body)).Str("correlation", telemetry.Correlation(r.Context())).
		Msg("payloads of Temporal are decrypted for somebody")
	r.Body = http.MaxBytesReader(w, r.Body, maxPayloads)
	s.Codec.Handler.ServeHTTP(w, r)
}
