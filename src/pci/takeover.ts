import { MmapioError, SystemError } from '../errors.js';
import { bind, driverOf, overrideDriver, type PciPlace, unbind } from './driver.js';

/** Drivers that give a device to user space. */
export type UserSpaceDriver = 'uio_pci_generic' | 'vfio-pci';

/** A device that was taken from its kernel driver; `close()` gives it back. */
export class PciTakeover {
  /** The driver that has the device now. */
  readonly driver: UserSpaceDriver;
  /** The driver that it goes back to; `null` when it had none. */
  readonly previous: string | null;
  readonly #place: PciPlace;
  readonly #beforeGivingBack: () => void;
  #held: boolean;

  /** @param beforeGivingBack - lets go of what was opened through the driver */
  constructor(place: PciPlace, driver: UserSpaceDriver, beforeGivingBack: () => void) {
    this.driver = driver;
    this.previous = driverOf(place);
    this.#place = place;
    this.#beforeGivingBack = beforeGivingBack;
    this.#held = this.previous !== driver;
    if (this.#held) take(place, driver, this.previous);
  }

  /**
   * Gives the device back to the driver it had, or to none. Does nothing when it had `driver` from the beginning, when it
   * is gone, and when called again.
   *
   * @throws {SystemError} `EBUSY` while a VfioDevice is open on it; what the kernel refused
   */
  close(): void {
    if (!this.#held) return;
    this.#beforeGivingBack();
    if (driverOf(this.#place) === this.driver) {
      unbind(this.#place);
      restore(this.#place, this.previous);
    }
    this.#held = false;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function take(place: PciPlace, driver: UserSpaceDriver, previous: string | null): void {
  overrideDriver(place, driver);
  try {
    unbind(place);
    bind(place, driver);
    if (driverOf(place) !== driver) {
      throw new MmapioError(
        'ERR_UNSUPPORTED',
        `${driver} did not take ${place.address}: see the kernel's log`,
      );
    }
  } catch (error) {
    restore(place, previous);
    throw error;
  }
}

function restore(place: PciPlace, previous: string | null): void {
  try {
    overrideDriver(place, null);
    if (previous !== null && driverOf(place) === null) bind(place, previous);
  } catch (error) {
    // Gone meanwhile: there is nothing to give back.
    if (!(error instanceof SystemError && (error.code === 'ENOENT' || error.code === 'ENODEV'))) throw error;
  }
}
