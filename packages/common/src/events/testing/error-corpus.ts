/**
 * Messages as Node, Python, PHP and Telegram's Bot API write them, grouped as somebody would who reads
 * them: one group is one fault to be looked into. Groups differ from each other, also those of one type.
 */

export interface CorpusGroup {
  readonly type: string;
  readonly messages: readonly string[];
}

const NODE: readonly CorpusGroup[] = [
  group('TypeError', [
    "Cannot read properties of undefined (reading 'id')",
    "Cannot read properties of undefined (reading 'username')",
    "Cannot read properties of undefined (reading '0')",
  ]),
  group('TypeError', [
    "Cannot read properties of null (reading 'chat')",
    "Cannot read properties of null (reading 'from')",
  ]),
  group('TypeError', ['ctx.reply is not a function', 'ctx.reply is not a function']),
  group('TypeError', ['callback is not a function', 'callback is not a function']),
  group('TypeError', ['fetch failed', 'fetch failed', 'fetch failed']),
  group('TypeError', ['Invalid URL: htp://shop', 'Invalid URL: htps://example.com/pay?id=77']),
  group('ReferenceError', ['session is not defined', 'session is not defined']),
  group('ReferenceError', [
    "Cannot access 'bot' before initialization",
    "Cannot access 'db' before initialization",
  ]),
  group('SyntaxError', [
    'Unexpected token \'<\', "<!DOCTYPE "... is not valid JSON',
    'Unexpected token \'o\', "[object Obj"... is not valid JSON',
  ]),
  group('SyntaxError', ['Unexpected end of JSON input', 'Unexpected end of JSON input']),
  group('SyntaxError', [
    "Expected property name or '}' in JSON at position 1 (line 1 column 2)",
    "Expected property name or '}' in JSON at position 204 (line 9 column 14)",
  ]),
  group('RangeError', ['Maximum call stack size exceeded', 'Maximum call stack size exceeded.']),
  group('RangeError', ['Invalid time value', 'Invalid time value']),
  group('RangeError', ['Invalid array length', 'Invalid array length']),
  group('Error', [
    'connect ECONNREFUSED 127.0.0.1:5432',
    'connect ECONNREFUSED 10.0.3.17:5432',
    'connect ECONNREFUSED ::1:6379',
  ]),
  group('Error', [
    'getaddrinfo ENOTFOUND api.telegram.org',
    'getaddrinfo ENOTFOUND db.internal',
    'getaddrinfo ENOTFOUND redis-2.cache.local',
  ]),
  group('Error', [
    'getaddrinfo EAI_AGAIN api.telegram.org',
    'getaddrinfo EAI_AGAIN pay.example.com',
  ]),
  group('Error', ['read ECONNRESET', 'read ECONNRESET']),
  group('Error', ['socket hang up', 'socket hang up']),
  group('Error', ['write EPIPE', 'write EPIPE']),
  group('Error', [
    'connect ETIMEDOUT 149.154.167.220:443',
    'connect ETIMEDOUT 149.154.166.110:443',
  ]),
  group('Error', [
    "ENOENT: no such file or directory, open '/srv/bot/uploads/4711.jpg'",
    "ENOENT: no such file or directory, open '/srv/bot/uploads/9a1c.png'",
  ]),
  group('Error', [
    "EACCES: permission denied, open '/var/lib/bot/session.json'",
    "EACCES: permission denied, open '/var/lib/bot/state.db'",
  ]),
  group('Error', [
    "Cannot find module './handlers/refund'",
    "Cannot find module './handlers/invoice'",
  ]),
  group('Error', [
    'ENOSPC: no space left on device, write',
    'ENOSPC: no space left on device, write',
  ]),
  group('Error', [
    "EMFILE: too many open files, open '/tmp/a1'",
    "EMFILE: too many open files, open '/tmp/b2'",
  ]),
  group('AxiosError', [
    'Request failed with status code 404',
    'Request failed with status code 404',
  ]),
  group('AxiosError', [
    'Request failed with status code 500',
    'Request failed with status code 500',
  ]),
  group('AxiosError', [
    'timeout of 5000ms exceeded',
    'timeout of 10000ms exceeded',
    'timeout of 30000ms exceeded',
  ]),
  group('MongoServerError', [
    'E11000 duplicate key error collection: shop.users index: email_1 dup key: { email: "ann@example.com" }',
    'E11000 duplicate key error collection: shop.users index: email_1 dup key: { email: "bob@example.org" }',
  ]),
  group('MongoServerSelectionError', [
    'connection <monitor> to 10.2.0.4:27017 closed',
    'connection <monitor> to 10.2.0.9:27017 closed',
  ]),
  group('error', [
    'duplicate key value violates unique constraint "orders_pkey"',
    'duplicate key value violates unique constraint "users_chat_id_key"',
  ]),
  group('error', ['relation "subscriptions" does not exist', 'relation "payments" does not exist']),
  group('error', ['deadlock detected', 'deadlock detected']),
  group('error', [
    'invalid input syntax for type integer: "abc"',
    'invalid input syntax for type integer: "12,50"',
    'invalid input syntax for type integer: ""',
  ]),
  group('PrismaClientKnownRequestError', [
    'Unique constraint failed on the fields: (`chat_id`)',
    'Unique constraint failed on the fields: (`email`)',
  ]),
  group('PrismaClientInitializationError', [
    "Can't reach database server at `db-1.internal:5432`",
    "Can't reach database server at `10.0.0.7:5432`",
  ]),
  group('JsonWebTokenError', ['jwt malformed', 'jwt malformed']),
  group('TokenExpiredError', ['jwt expired', 'jwt expired']),
  group('StripeCardError', ['Your card was declined.', 'Your card was declined.']),
  group('StripeInvalidRequestError', [
    "No such customer: 'cus_9s6XKzkNRiz8i3'",
    "No such customer: 'cus_NffrFeUfNV2Hib'",
  ]),
  group('OrderError', ['Order 81723 not found', 'Order 99 not found', 'Order 1200411 not found']),
  group('OrderError', ['Order 81723 is already paid', 'Order 17 is already paid']),
  group('UserError', [
    'User 550e8400-e29b-41d4-a716-446655440000 has no address',
    'User 6ba7b810-9dad-11d1-80b4-00c04fd430c8 has no address',
  ]),
  group('AbortError', ['The operation was aborted', 'The operation was aborted']),
  group('RedisError', ['MOVED 3999 10.1.4.2:6381', 'MOVED 12182 10.1.4.7:6379']),
];

const PYTHON: readonly CorpusGroup[] = [
  group('ValueError', [
    "cannot read amount: '12,50 €'",
    "cannot read amount: 'ten'",
    "cannot read amount: ''",
  ]),
  group('ValueError', [
    "invalid literal for int() with base 10: 'abc'",
    "invalid literal for int() with base 10: '12.5'",
    "invalid literal for int() with base 10: ''",
  ]),
  group('ValueError', [
    "could not convert string to float: '1,5'",
    "could not convert string to float: 'n/a'",
  ]),
  group('ValueError', [
    "time data '2026-13-01' does not match format '%Y-%m-%d'",
    "time data '31.02.2026' does not match format '%Y-%m-%d'",
  ]),
  group('ValueError', [
    'not enough values to unpack (expected 2, got 1)',
    'not enough values to unpack (expected 3, got 1)',
  ]),
  group('ValueError', [
    'too many values to unpack (expected 2)',
    'too many values to unpack (expected 3)',
  ]),
  group('ValueError', ['I/O operation on closed file.', 'I/O operation on closed file']),
  group('KeyError', ["'delivery_slot'", "'delivery_slot'"]),
  group('KeyError', ["'user_id'", "'user_id'"]),
  group('KeyError', ['4711', '4712', '90210']),
  group('IndexError', ['list index out of range', 'list index out of range']),
  group('IndexError', ['string index out of range', 'string index out of range']),
  group('AttributeError', [
    "'NoneType' object has no attribute 'text'",
    "'NoneType' object has no attribute 'split'",
  ]),
  group('TypeError', [
    "unsupported operand type(s) for +: 'int' and 'str'",
    "unsupported operand type(s) for +: 'NoneType' and 'int'",
  ]),
  group('TypeError', [
    "'NoneType' object is not subscriptable",
    "'int' object is not subscriptable",
  ]),
  group('TypeError', [
    "handle_callback() missing 1 required positional argument: 'data'",
    "handle_callback() missing 2 required positional arguments: 'data' and 'user'",
  ]),
  group('TypeError', [
    'handle_start() takes 1 positional argument but 2 were given',
    'handle_start() takes 1 positional argument but 3 were given',
  ]),
  group('ZeroDivisionError', ['division by zero', 'division by zero']),
  group('UnicodeDecodeError', [
    "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
    "'utf-8' codec can't decode byte 0xe9 in position 1204: invalid start byte",
  ]),
  group('RecursionError', ['maximum recursion depth exceeded', 'maximum recursion depth exceeded']),
  group('FileNotFoundError', [
    "[Errno 2] No such file or directory: '/tmp/voice_8812.ogg'",
    "[Errno 2] No such file or directory: 'cache/avatar-17.png'",
  ]),
  group('PermissionError', [
    "[Errno 13] Permission denied: '/data/export.csv'",
    "[Errno 13] Permission denied: '/data/export-2.csv'",
  ]),
  group('ConnectionRefusedError', [
    '[Errno 111] Connection refused',
    '[Errno 111] Connection refused',
  ]),
  group('OSError', ['[Errno 28] No space left on device', '[Errno 28] No space left on device']),
  group('OSError', ['[Errno 24] Too many open files', '[Errno 24] Too many open files']),
  group('MemoryError', [
    'Unable to allocate 2.50 GiB for an array with shape (335544320,) and data type float64',
    'Unable to allocate 11.3 GiB for an array with shape (1516582100,) and data type float64',
  ]),
  group('JSONDecodeError', [
    'Expecting value: line 1 column 1 (char 0)',
    'Expecting value: line 3 column 17 (char 88)',
  ]),
  group('JSONDecodeError', [
    'Extra data: line 1 column 5 (char 4)',
    'Extra data: line 2 column 1 (char 341)',
  ]),
  group('ConnectTimeout', [
    "HTTPSConnectionPool(host='pay.example.com', port=443): Max retries exceeded with url: /v1/charges (Caused by ConnectTimeoutError(<urllib3.connection.HTTPSConnection object at 0x7f3b1c2d5e80>, 'Connection to pay.example.com timed out. (connect timeout=5)'))",
    "HTTPSConnectionPool(host='pay.example.com', port=443): Max retries exceeded with url: /v1/refunds (Caused by ConnectTimeoutError(<urllib3.connection.HTTPSConnection object at 0x7f9a0011c2b0>, 'Connection to pay.example.com timed out. (connect timeout=5)'))",
  ]),
  group('ReadTimeout', [
    "HTTPConnectionPool(host='10.0.4.2', port=8080): Read timed out. (read timeout=10)",
    "HTTPConnectionPool(host='10.0.4.9', port=8080): Read timed out. (read timeout=30)",
  ]),
  group('ClientConnectorError', [
    'Cannot connect to host api.telegram.org:443 ssl:default [Connection reset by peer]',
    'Cannot connect to host pay.example.com:443 ssl:default [Connection reset by peer]',
  ]),
  group('TimeoutError', [
    'QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00',
    'QueuePool limit of size 20 overflow 0 reached, connection timed out, timeout 10.00',
  ]),
  group('IntegrityError', [
    '(psycopg2.errors.UniqueViolation) duplicate key value violates unique constraint "users_pkey"\nDETAIL:  Key (id)=(4711) already exists.\n',
    '(psycopg2.errors.UniqueViolation) duplicate key value violates unique constraint "orders_number_key"\nDETAIL:  Key (number)=(A-17) already exists.\n',
  ]),
  group('IntegrityError', [
    '(psycopg2.errors.ForeignKeyViolation) insert or update on table "orders" violates foreign key constraint "orders_user_id_fkey"',
    '(psycopg2.errors.ForeignKeyViolation) insert or update on table "items" violates foreign key constraint "items_order_id_fkey"',
  ]),
  group('IntegrityError', [
    'UNIQUE constraint failed: users.chat_id',
    'UNIQUE constraint failed: users.chat_id',
  ]),
  group('OperationalError', ['database is locked', 'database is locked']),
  group('OperationalError', [
    'connection to server at "10.0.0.5", port 5432 failed: FATAL:  too many connections for role "bot"',
    'connection to server at "db-2.internal", port 5432 failed: FATAL:  too many connections for role "shop"',
  ]),
  group('OperationalError', [
    "(2006, 'MySQL server has gone away')",
    "(2006, 'MySQL server has gone away')",
  ]),
  group('DatabaseError', [
    'remaining connection slots are reserved for superusers',
    'remaining connection slots are reserved for superusers',
  ]),
  group('CancelledError', ['', '']),
  group('DoesNotExist', [
    'Order matching query does not exist.',
    'Order matching query does not exist.',
  ]),
  group('DoesNotExist', [
    'Customer matching query does not exist.',
    'Customer matching query does not exist.',
  ]),
  group('ValidationError', [
    "1 validation error for Order\namount\n  Input should be a valid number [type=float_type, input_value='ten', input_type=str]",
    '2 validation errors for Order\namount\n  Input should be a valid number [type=float_type, input_value=None, input_type=NoneType]',
  ]),
  group('RuntimeError', [
    'Traceback (most recent call last):\n  File "/app/bot.py", line 41, in on_callback\n    raise RuntimeError("queue 7 is full")\nRuntimeError: queue 7 is full',
    'Traceback (most recent call last):\n  File "/app/bot.py", line 45, in on_message\n    raise RuntimeError("queue 12 is full")\nRuntimeError: queue 12 is full',
  ]),
  group('RuntimeError', ['Event loop is closed', 'Event loop is closed']),
  group('PaymentError', [
    'charge pi_3MtwBwLkdIwHu7ix28a3tqPa declined after 2 attempts',
    'charge pi_1GszsK2eZvKYlo2CfhZyoGsP declined after 1 attempt',
  ]),
  group('CacheError', [
    'key session:8f14e45fceea167a5a36dedd4bea2543 expired 12 s ago',
    'key session:c9f0f895fb98ab9159f51fd0297e236d expired 340 s ago',
  ]),
];

const PHP: readonly CorpusGroup[] = [
  group('TypeError', [
    'strlen(): Argument #1 ($string) must be of type string, array given',
    'strlen(): Argument #1 ($string) must be of type string, array given',
  ]),
  group('TypeError', [
    'App\\Bot\\Handler::handle(): Argument #1 ($update) must be of type App\\Update, null given, called in /var/www/bot/src/Kernel.php on line 88',
    'App\\Bot\\Handler::handle(): Argument #1 ($update) must be of type App\\Update, null given, called in /srv/app/src/Worker.php on line 104',
  ]),
  group('ErrorException', [
    'Undefined array key "message"',
    'Undefined array key "callback_query"',
  ]),
  group('ErrorException', ['Undefined variable $chatId', 'Undefined variable $chatId']),
  group('ErrorException', [
    'Attempt to read property "id" on null',
    'Attempt to read property "title" on null',
  ]),
  group('ErrorException', [
    'file_get_contents(https://api.telegram.org/bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/getMe): Failed to open stream: HTTP request failed!',
    'file_get_contents(https://api.telegram.org/bot987654321:BBGdqTcvCH1vGWJxfSeofSAs0K5PALDsaw2/sendMessage): Failed to open stream: HTTP request failed!',
  ]),
  group('ErrorException', [
    'Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)',
    'Allowed memory size of 268435456 bytes exhausted (tried to allocate 65536 bytes)',
  ]),
  group('ErrorException', [
    'Maximum execution time of 30 seconds exceeded',
    'Maximum execution time of 60 seconds exceeded',
  ]),
  group('Error', [
    'Call to a member function getChat() on null',
    'Call to a member function getChat() on null',
  ]),
  group('Error', [
    'Call to undefined method App\\Models\\User::orders()',
    'Call to undefined method App\\Models\\User::orders()',
  ]),
  group('Error', [
    'Class "App\\Handlers\\Refund" not found',
    'Class "App\\Handlers\\Invoice" not found',
  ]),
  group('PDOException', [
    'SQLSTATE[HY000] [2002] Connection refused',
    'SQLSTATE[HY000] [2002] Connection refused',
  ]),
  group('PDOException', [
    "SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry '4711' for key 'users.PRIMARY'",
    "SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry 'ann@example.com' for key 'users.email'",
  ]),
  group('PDOException', [
    "SQLSTATE[42S02]: Base table or view not found: 1146 Table 'shop.orders' doesn't exist",
    "SQLSTATE[42S02]: Base table or view not found: 1146 Table 'shop.carts' doesn't exist",
  ]),
  group('PDOException', [
    'SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock; try restarting transaction',
    'SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock; try restarting transaction',
  ]),
  group('GuzzleHttp\\Exception\\ConnectException', [
    'cURL error 28: Operation timed out after 5001 milliseconds with 0 bytes received (see https://curl.haxx.se/libcurl/c/libcurl-errors.html) for https://pay.example.com/v1/charges/17',
    'cURL error 28: Operation timed out after 10004 milliseconds with 1204 bytes received (see https://curl.haxx.se/libcurl/c/libcurl-errors.html) for https://pay.example.com/v1/refunds',
  ]),
  group('GuzzleHttp\\Exception\\ClientException', [
    'Client error: `POST https://api.telegram.org/bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/sendMessage` resulted in a `400 Bad Request` response:\n{"ok":false,"error_code":400}',
    'Client error: `POST https://api.telegram.org/bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/editMessageText` resulted in a `400 Bad Request` response:\n{"ok":false}',
  ]),
  group('JsonException', ['Syntax error', 'Syntax error']),
  group('JsonException', [
    'Malformed UTF-8 characters, possibly incorrectly encoded',
    'Malformed UTF-8 characters, possibly incorrectly encoded',
  ]),
  group('DivisionByZeroError', ['Division by zero', 'Division by zero']),
  group('RedisException', ['Connection lost', 'Connection lost']),
  group('ModelNotFoundException', [
    'No query results for model [App\\Models\\Order] 81723',
    'No query results for model [App\\Models\\Order] 12',
  ]),
  group('ModelNotFoundException', [
    'No query results for model [App\\Models\\User] 81723',
    'No query results for model [App\\Models\\User] 7',
  ]),
  group('RuntimeException', [
    'Uncaught RuntimeException: lock 17 is held since 2026-02-10 20:00:01 in /var/www/bot/lock.php:12\nStack trace:\n#0 {main}',
    'Uncaught RuntimeException: lock 4 is held since 2026-02-11 07:13:44 in /var/www/bot/lock.php:12\nStack trace:\n#0 {main}',
  ]),
];

const TELEGRAM: readonly CorpusGroup[] = [
  group('TelegramRetryAfter', [
    'Too Many Requests: retry after 27',
    'Too Many Requests: retry after 3',
    'Too Many Requests: retry after 1841',
  ]),
  group('TelegramBadRequest', [
    "Bad Request: can't parse entities: unclosed tag at byte offset 118",
    "Bad Request: can't parse entities: unclosed tag at byte offset 7",
  ]),
  group('TelegramBadRequest', [
    'Bad Request: can\'t parse entities: Unsupported start tag "div" at byte offset 0',
    'Bad Request: can\'t parse entities: Unsupported start tag "span" at byte offset 32',
  ]),
  group('TelegramBadRequest', [
    "Bad Request: can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
    "Bad Request: can't parse entities: Character '-' is reserved and must be escaped with the preceding '\\'",
    "Bad Request: can't parse entities: Character '!' is reserved and must be escaped with the preceding '\\'",
  ]),
  group('TelegramBadRequest', ['Bad Request: chat not found', 'Bad Request: chat not found']),
  group('TelegramBadRequest', [
    'Bad Request: message is too long',
    'Bad Request: message is too long',
  ]),
  group('TelegramBadRequest', [
    'Bad Request: message to edit not found',
    'Bad Request: message to edit not found',
  ]),
  group('TelegramBadRequest', [
    'Bad Request: message to delete not found',
    'Bad Request: message to delete not found',
  ]),
  group('TelegramBadRequest', [
    'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
  ]),
  group('TelegramBadRequest', [
    'Bad Request: query is too old and response timeout expired or query ID is invalid',
    'Bad Request: query is too old and response timeout expired or query ID is invalid',
  ]),
  group('TelegramBadRequest', [
    'Bad Request: wrong file identifier/HTTP URL specified',
    'Bad Request: wrong file identifier/HTTP URL specified',
  ]),
  group('TelegramBadRequest', [
    'Bad Request: failed to get HTTP URL content',
    'Bad Request: failed to get HTTP URL content',
  ]),
  group('TelegramBadRequest', [
    'Bad Request: BUTTON_DATA_INVALID',
    'Bad Request: BUTTON_DATA_INVALID',
  ]),
  group('TelegramBadRequest', [
    'Bad Request: group chat was upgraded to a supergroup chat',
    'Bad Request: group chat was upgraded to a supergroup chat',
  ]),
  group('TelegramMigrateToChat', [
    'The group has been migrated to a supergroup with id -1001234567890',
    'The group has been migrated to a supergroup with id -1009876543210',
  ]),
  group('TelegramForbiddenError', [
    'Forbidden: bot was blocked by the user',
    'Forbidden: bot was blocked by the user',
  ]),
  group('TelegramForbiddenError', [
    'Forbidden: bot was kicked from the supergroup chat',
    'Forbidden: bot was kicked from the supergroup chat',
  ]),
  group('TelegramForbiddenError', [
    'Forbidden: user is deactivated',
    'Forbidden: user is deactivated',
  ]),
  group('TelegramForbiddenError', [
    "Forbidden: bot can't initiate conversation with a user",
    "Forbidden: bot can't initiate conversation with a user",
  ]),
  group('TelegramUnauthorizedError', ['Unauthorized', 'Unauthorized']),
  group('TelegramConflictError', [
    'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
    'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
  ]),
  group('TelegramServerError', ['Bad Gateway', 'Bad Gateway']),
  group('TelegramServerError', ['Internal Server Error', 'Internal Server Error']),
  group('TelegramNetworkError', [
    'HTTP Client says - Request timeout error',
    'HTTP Client says - Request timeout error',
  ]),
  group('GrammyError', [
    "Call to 'sendMessage' failed! (403: Forbidden: bot was blocked by the user)",
    "Call to 'sendPhoto' failed! (403: Forbidden: bot was blocked by the user)",
  ]),
  group('GrammyError', [
    "Call to 'sendMessage' failed! (429: Too Many Requests: retry after 5)",
    "Call to 'editMessageText' failed! (429: Too Many Requests: retry after 31)",
  ]),
  group('HttpError', [
    "Network request for 'getUpdates' failed!",
    "Network request for 'sendMessage' failed!",
  ]),
  group('StickerError', [
    'file AgACAgIAAxkBAAIBZ2X5kQABHcYkz0000aWq1b2c3d4e5f6g7 is too big: 21.4 MB',
    'file AgACAgQAAxkDAAIC12Y0aQ9hZ0000bXn9z8y7x6w5v4u3t2s is too big: 50 MB',
  ]),
  group('FileError', [
    'file is too big: 20971521 bytes of 20971520 allowed',
    'file is too big: 52428801 bytes of 20971520 allowed',
  ]),
  group('ChannelError', [
    'channel @daily_news has no comments',
    'channel @weather_berlin has no comments',
  ]),
  group('PollError', [
    'poll 5402983847 closed 12 minutes ago by user 774411',
    'poll 54029831 closed 1 minute ago by user 9',
  ]),
];

export const ERROR_CORPUS: readonly CorpusGroup[] = [...NODE, ...PYTHON, ...PHP, ...TELEGRAM];

function group(type: string, messages: readonly string[]): CorpusGroup {
  return { type, messages };
}
