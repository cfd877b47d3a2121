import { portableCrypto } from '../../../protocol/crypto/index.ts';
import { cryptoConformance } from '../../conformance/crypto.ts';
import { testSigner } from '../../support/test-signer.ts';

cryptoConformance('portable', portableCrypto, testSigner);
