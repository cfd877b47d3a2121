import { portableCrypto } from '../../../protocol/portable-crypto/index.ts';
import { cryptoConformance } from '../../conformance/crypto.ts';
import { testSigner } from '../../support/test-signer.ts';

cryptoConformance('portable', portableCrypto, testSigner);
