import { type GossipsubOpts, StrictNoSign } from '@libp2p/gossipsub';
import { createTopicScoreParams } from '@libp2p/gossipsub/score';
import { GOSSIP_LIMITS } from '../protocol/sync/index.ts';

/** Room for the envelope of a message, and for control messages that travel with it, in bytes. */
const ENVELOPE_BYTES = 4 * 1024;

/** Longest packet of gossip, in bytes. */
export const GOSSIP_RPC_BYTES_MAX = GOSSIP_LIMITS.messageBytesMax + ENVELOPE_BYTES;

/** Most bytes that may wait to be sent to one peer before its gossip stream is reset. */
const UNSENT_GOSSIP_BYTES_MAX = 1024 * 1024;

/** Gossip streams per connection and direction: the one that lives, and those that are still closing. */
const STREAMS_MAX = 4;

/** For how long a message is known by its hash, in ms: far longer than one takes to reach everybody. */
const SEEN_MS = 30_000;

/** How gossipsub is set for the one topic of a space of a few devices (facts 24 and 25 of docs/libp2p-facts.md). */
export const gossipSettings = (topic: string): Partial<GossipsubOpts> => ({
  allowedTopics: [topic],
  // What is told is signed by its authors already. A message is known by the hash of its bytes.
  globalSignaturePolicy: StrictNoSign,
  seenTTL: SEEN_MS,

  // Each device passes messages on to 4 to 12 of those it is connected with.
  D: 6,
  Dlo: 4,
  Dhi: 12,
  Dout: 2,
  // Whoever publishes sends to every member that is connected, grafted or not, or to nobody without complaint.
  floodPublish: true,
  batchPublish: true,
  allowPublishToZeroTopicPeers: true,
  ignoreDuplicatePublishError: true,
  // No lists of what was said lately: what is missed is found by anti-entropy. So whatever a good peer sends is
  // short, and an answer to a list can't break the bound on what comes in.
  Dlazy: 0,
  gossipFactor: 0,
  // Nor word that a message is not wanted any more: it would cost more than the message.
  idontwantMinDataSize: GOSSIP_LIMITS.messageBytesMax + 1,

  fallbackToFloodsub: false,
  // Who is connected with whom is for the redialer to decide.
  doPX: false,
  tagMeshPeers: false,
  runOnLimitedConnection: true,
  maxInboundStreams: STREAMS_MAX,
  maxOutboundStreams: STREAMS_MAX,
  maxInboundDataLength: GOSSIP_RPC_BYTES_MAX,
  maxOutboundBufferSize: UNSENT_GOSSIP_BYTES_MAX,
  decodeRpcLimits: {
    maxSubscriptions: 16,
    maxMessages: 16,
    maxControlMessages: 16,
    maxIhaveMessageIDs: 16,
    maxIwantMessageIDs: 16,
    maxIdontwantMessageIDs: 16,
    maxPeerInfos: 16,
  },

  scoreParams: {
    // Fact 24: by default more than ten devices behind one address are taken for one attacker.
    IPColocationFactorWeight: 0,
    topics: {
      [topic]: createTopicScoreParams({
        topicWeight: 1,
        timeInMeshWeight: 0,
        firstMessageDeliveriesWeight: 0,
        meshMessageDeliveriesWeight: 0,
        meshFailurePenaltyWeight: 0,
        // With the default threshold of -80: after three rejected messages at once nothing more is listened to;
        // half of what counts is forgiven within 35 s.
        invalidMessageDeliveriesWeight: -10,
        invalidMessageDeliveriesDecay: 0.98,
      }),
    },
  },
});
