// Command nethttp is the bridge that one would write by hand in Go: net/http, and franz-go.
package main

import (
	"errors"
	"io"
	"log"
	"net/http"

	"github.com/twmb/franz-go/pkg/kgo"
	"hookpulse/bench/peers/delivery"
)

func main() {
	settings := delivery.FromEnvironment()
	client, err := settings.NewClient()
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("POST /webhook/{bot}", func(w http.ResponseWriter, r *http.Request) {
		botID := r.PathValue("bot")
		sender := settings.CheckSender(botID, r.Header.Get(delivery.SecretHeader), r.Header.Get("Content-Type"))
		if sender != 0 {
			w.WriteHeader(sender)
			return
		}
		body, err := readBody(w, r)
		if err != nil {
			var tooLarge *http.MaxBytesError
			if errors.As(err, &tooLarge) {
				w.WriteHeader(http.StatusRequestEntityTooLarge)
			} else {
				w.WriteHeader(http.StatusBadRequest)
			}
			return
		}
		if status := delivery.CheckBody(body); status != 0 {
			w.WriteHeader(status)
			return
		}
		record := &kgo.Record{Key: []byte(botID), Value: body}
		if err := client.ProduceSync(r.Context(), record).FirstErr(); err != nil {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = io.WriteString(w, "{}")
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+settings.Port, nil))
}

// readBody reads in one piece where the length is known, which it is of Telegram.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	limited := http.MaxBytesReader(w, r.Body, delivery.MaxBodyBytes)
	if r.ContentLength < 0 || r.ContentLength > delivery.MaxBodyBytes {
		return io.ReadAll(limited)
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(limited, body)
	return body, err
}
