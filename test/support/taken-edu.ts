/* The device `edu` with a driver for user space, for the tests of a suite. */
import { after, before } from 'node:test';
import { PciDevice, type PciTakeover, type UserSpaceDriver } from 'mmapio';
import { EDU } from './edu.js';

export interface TakenEdu {
  pci: PciDevice;
  /** A test that gives the device back takes it over again. */
  taken: PciTakeover;
}

/** Takes the device over before the suite's tests and gives it back after them: to be called within `describe`. */
export function takenEdu(driver: UserSpaceDriver): TakenEdu {
  // Filled in when the tests run.
  const edu = {} as TakenEdu;
  before(() => {
    edu.pci = new PciDevice(EDU);
    edu.taken = edu.pci.takeOver(driver);
  });
  after(() => {
    edu.taken.close();
    edu.pci.close();
  });
  return edu;
}
