// Package delivery checks a delivery of Telegram as Hookpulse's ingest does, and writes it to Kafka.
package delivery

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"os"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	// SecretHeader carries the bot's secret.
	SecretHeader = "X-Telegram-Bot-Api-Secret-Token"
	// MaxBodyBytes is the largest body that is taken, 1 MiB.
	MaxBodyBytes = 1 << 20
)

// Settings come from the environment: the benchmark sets them.
type Settings struct {
	Port, Broker, Topic, BotID string
	secretDigest               [sha256.Size]byte
}

// FromEnvironment reads PORT, KAFKA_BROKER, TOPIC, BOT_ID and SECRET.
func FromEnvironment() Settings {
	return Settings{
		Port:         os.Getenv("PORT"),
		Broker:       os.Getenv("KAFKA_BROKER"),
		Topic:        os.Getenv("TOPIC"),
		BotID:        os.Getenv("BOT_ID"),
		secretDigest: sha256.Sum256([]byte(os.Getenv("SECRET"))),
	}
}

// CheckSender answers 0 for a known bot with its own secret, compared in constant time, or the status
// of the refusal.
func (s *Settings) CheckSender(botID, secret, contentType string) int {
	if botID != s.BotID {
		return 404
	}
	digest := sha256.Sum256([]byte(secret))
	if subtle.ConstantTimeCompare(digest[:], s.secretDigest[:]) != 1 {
		return 401
	}
	mediaType, _, _ := strings.Cut(contentType, ";")
	if strings.TrimSpace(mediaType) != "application/json" {
		return 415
	}
	return 0
}

// CheckBody answers 0 for a JSON object with an integer update_id, or the status of the refusal.
func CheckBody(body []byte) int {
	if len(body) > MaxBodyBytes {
		return 413
	}
	var update struct {
		UpdateID *int64 `json:"update_id"`
	}
	if err := json.Unmarshal(body, &update); err != nil || update.UpdateID == nil {
		return 400
	}
	return 0
}

// NewClient connects to the broker: acknowledged by all in-sync replicas, not compressed, both as
// Hookpulse has it, and not held back for a batch.
func (s *Settings) NewClient() (*kgo.Client, error) {
	return kgo.NewClient(
		kgo.SeedBrokers(s.Broker),
		kgo.DefaultProduceTopic(s.Topic),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.ProducerBatchCompression(kgo.NoCompression()),
		kgo.ProducerLinger(0),
	)
}
