import { MmapioError, SystemError } from '../errors.js';
import {
  bind,
  checkLoaded,
  driverOf,
  orUndo,
  overrideDriver,
  overrideOf,
  type PciPlace,
  unbind,
} from './driver.js';

/** Drivers that give a device to user space. */
export type UserSpaceDriver = 'uio_pci_generic' | 'vfio-pci';

/** What a device goes back to. */
interface Before {
  driver: string | null;
  override: string | null;
}

/** A device that was taken from its kernel driver; `close()` gives it back. */
export class PciTakeover {
  /** The driver that has the device now. */
  readonly driver: UserSpaceDriver;
  /** The driver that it goes back to; `null` when it had none. */
  readonly previous: string | null;
  readonly #place: PciPlace;
  readonly #before: Before;
  readonly #beforeGivingBack: () => void;
  #held: boolean;

  /** @param beforeGivingBack - lets go of what was opened through the driver */
  constructor(place: PciPlace, driver: UserSpaceDriver, beforeGivingBack: () => void) {
    this.driver = driver;
    this.previous = driverOf(place);
    this.#place = place;
    this.#beforeGivingBack = beforeGivingBack;
    this.#before = { driver: this.previous, override: overrideOf(place) };
    this.#held = this.previous !== driver;
    if (this.#held) take(place, driver, this.#before);
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
      restore(this.#place, this.#before);
    }
    this.#held = false;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function take(place: PciPlace, driver: UserSpaceDriver, before: Before): void {
  checkLoaded(place, driver);
  orUndo(
    () => {
      overrideDriver(place, driver);
      unbind(place);
      bind(place, driver);
      if (driverOf(place) === driver) return;
      throw new MmapioError(
        'ERR_UNSUPPORTED',
        `${driver} did not take ${place.address}: see the kernel's log`,
      );
    },
    () => restore(place, before),
  );
}

function restore(place: PciPlace, { driver, override }: Before): void {
  try {
    overrideDriver(place, override);
    if (driver !== null && driverOf(place) === null) bind(place, driver);
  } catch (error) {
    // Gone meanwhile: there is nothing to give back.
    if (!(error instanceof SystemError && (error.code === 'ENOENT' || error.code === 'ENODEV'))) throw error;
  }
}
