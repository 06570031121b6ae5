/**
 * What Apache Kafka's own Java client answers: `Utils.murmur2(utf8(key))`, and
 * `Utils.toPositive(hash) % 12`. Printed by kafka-clients 4.4.0; the first five are also in its
 * `UtilsTest`.
 */
export interface JavaVector {
  readonly key: string;
  readonly hash: number;
  readonly partitionOf12: number;
}

export const JAVA_VECTORS: readonly JavaVector[] = [
  { key: '21', hash: -973932308, partitionOf12: 0 },
  { key: 'foobar', hash: -790332482, partitionOf12: 6 },
  { key: 'a-little-bit-long-string', hash: -985981536, partitionOf12: 8 },
  { key: 'a-little-bit-longer-string', hash: -1486304829, partitionOf12: 11 },
  { key: 'abc', hash: 479470107, partitionOf12: 3 },
  { key: '', hash: 275646681, partitionOf12: 9 },
  { key: 'a', hash: -1563381124, partitionOf12: 4 },
  { key: 'ab', hash: 316155434, partitionOf12: 2 },
  { key: 'abcd', hash: -1323649548, partitionOf12: 8 },
  { key: 'abcde', hash: 461995741, partitionOf12: 1 },
  { key: 'bot-1', hash: -1190124261, partitionOf12: 11 },
  { key: '123e4567-e89b-12d3-a456-426614174000', hash: 210376136, partitionOf12: 8 },
  { key: 'bot_id|high_error_rate', hash: 438799918, partitionOf12: 10 },
  { key: 'привет', hash: -489591657, partitionOf12: 11 },
  { key: '日本語のキー', hash: -734675706, partitionOf12: 2 },
  { key: '🚀', hash: 761778625, partitionOf12: 1 },
  { key: 'naïve café', hash: 1338837213, partitionOf12: 9 },
  { key: 'é', hash: 186971271, partitionOf12: 3 },
  { key: 'x'.repeat(256), hash: -1339676658, partitionOf12: 2 },
];
