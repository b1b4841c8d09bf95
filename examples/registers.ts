// Registers of any file or device that can be mapped. On the board /dev/uio5 is the real-time clock.
import { MemoryMap, MemoryMappedIO } from 'mmapio';

using map = MemoryMap.open('/dev/uio5', { length: 0x1000 }); // open(2) with O_RDWR | O_SYNC, mmap(2) with MAP_SHARED
const clock = new MemoryMappedIO(map, 0x000, 0x1000);

const seconds = clock.readWord(0x00); // one 32-bit load
clock.writeWord(0x08, seconds + 3600); // one 32-bit store: an hour later
console.log(new Date(clock.readWord(0x00) * 1000).toISOString());
clock.writeWord(0x08, seconds);
