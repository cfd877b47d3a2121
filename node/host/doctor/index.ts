export { type DoctorInput, doctorDevice, runDoctor } from './doctor.ts';
