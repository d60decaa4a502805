import type { Command } from 'commander';

/** `doctor`: what was found on this machine, and what to do about what is missing. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('say what was found: addon, library, devices, and what to do about what is missing')
    .action(async () => {
      const { doctor, formatDoctor } = await import('./doctor.js');
      console.log(formatDoctor(await doctor()));
    });
}
