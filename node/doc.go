// Package node is a minimal node of a distributed hash table (DHT): a store in
// memory that is reached over TCP, with its client, its shell and the two
// command lines. It is minimal so that a measurement shows the network and the
// protocol.
//
// Membership is static and every lookup takes zero hops. A cluster file lists
// the nodes. All nodes and clients have the same file, and compute from a key
// which node owns it. There is no replication: the contents of a node are lost
// when it ends. A node does not check that it owns the key of a request.
//
// A [Server] also serves any other [Table], so that a store written in Go can be
// measured in the same way.
//
// # Wire format
//
// A client opens a TCP connection and sends requests. The node sends one reply
// to each, in the order of the requests. A client may send the next request
// before it has the reply to the last one (pipelining). Requests and replies are
// frames: a length of 4 bytes, then a body of that many bytes. Integers are
// unsigned and big endian.
//
// A request:
//
//	offset   0             4    5       6            8         8+K
//	       +-------------+----+-------+------------+---------+-----------+
//	       | length = L  | op | flags | key length | key     | value     |
//	       | 4 bytes     | 1  | 1     | = K  2     | K bytes | L-4-K     |
//	       +-------------+----+-------+------------+---------+-----------+
//
//	op     1  put: store the value under the key
//	       2  get: read the value of the key; the value field is empty
//	       3  del: remove the key; the value field is empty
//	flags  bit 0 (01): ask for the times; the other bits are reserved and 0
//	K      1 to 65535
//	value  0 to 1048576 bytes
//
// A reply:
//
//	offset   0             4        5       6
//	       +-------------+--------+-------+-----------+
//	       | length = L  | status | flags | value     |
//	       | 4 bytes     | 1      | 1     | L-2       |
//	       +-------------+--------+-------+-----------+
//
//	status 0  ok: done; after a get the value field is the key's value,
//	          otherwise it is empty
//	       1  not found: a get or del of a key that does not exist; no value
//	       2  error: nothing was done; the value field is the reason, in UTF-8
//	flags  bit 0 (01): the reply has times; the other bits are reserved and 0
//
// A reply with times has bit 0 set and two times in nanoseconds before the
// value:
//
//	offset   0             4        5       6         14        22
//	       +-------------+--------+-------+---------+---------+-----------+
//	       | length = L  | status | flags | queue   | work    | value     |
//	       | 4 bytes     | 1      | 1     | 8 bytes | 8 bytes | L-18      |
//	       +-------------+--------+-------+---------+---------+-----------+
//
//	queue  from the request's arrival until the node began with it
//	work   from then until the reply was ready to be sent
//
// The reply has times if the request has bit 0 set and follows the format. On
// Linux a request arrives when the kernel receives its last packet from the
// network; if the node reads several requests at once, they arrive with the last
// of them. So the time that the node waits for a processor counts as queue. On
// other systems, and for the first request with bit 0 on a connection, a request
// arrives when the node reads it. A time has 8 bytes because 4 bytes end at
// 4.3 s, and a node can hang for longer.
//
// A frame of the right length that breaks another rule gets status 2, and the
// connection stays open. A request whose L exceeds 1114115 (4 + 65535 + 1048576)
// gets status 2, after the replies to all earlier requests; then the node closes
// the connection. A node that ends answers the requests that it has received and
// closes the connection. Without a reply, a client cannot know whether the
// operation was done. A request that did not arrive whole is never done.
//
// # One exchange
//
// A client (C) puts "meow" under "cat", gets it, deletes it and gets it again,
// the node (S) replying:
//
//	C: 00 00 00 0b  01 00 00 03  63 61 74  6d 65 6f 77   put cat meow
//	S: 00 00 00 02  00 00                                ok
//	C: 00 00 00 07  02 00 00 03  63 61 74                get cat
//	S: 00 00 00 06  00 00  6d 65 6f 77                   ok, meow
//	C: 00 00 00 07  03 00 00 03  63 61 74                del cat
//	S: 00 00 00 02  00 00                                ok
//	C: 00 00 00 07  02 00 00 03  63 61 74                get cat
//	S: 00 00 00 02  01 00                                not found
//
// The first frame has the length of the body, 11 (00 00 00 0b), at offset 0, the
// op put (01) at 4, the flags (00) at 5, the length of the key (00 03) at 6, the
// key at 8 to 10, and the value in the rest, at 11 to 14.
//
// With times: the put and the get of "cat" waited 7200 and 6144 ns in the queue
// and took 410 and 300 ns of work:
//
//	C: 00 00 00 0b  01 01 00 03  63 61 74  6d 65 6f 77   put cat meow
//	S: 00 00 00 12  00 01  00 00 00 00 00 00 1c 20  00 00 00 00 00 00 01 9a   ok
//	C: 00 00 00 07  02 01 00 03  63 61 74                get cat
//	S: 00 00 00 16  00 01  00 00 00 00 00 00 18 00  00 00 00 00 00 00 01 2c  6d 65 6f 77   ok, meow
//
// # Owner of a key
//
// The n nodes have the ids 0 to n-1, in the order of the cluster file. The owner
// of a key is
//
//	floor(h * n / 2^64)
//
// where h is the xxHash64 (XXH64) of the key's bytes with seed 0. That is the high
// half of the 128-bit product of h and n. Examples:
//
//	key cat  hash b63a1da53785993b  nodes 8  owner 5
//	key cat  hash b63a1da53785993b  nodes 3  owner 2
//	key dog  hash 19bc5256c52c94dd  nodes 8  owner 0
package node
