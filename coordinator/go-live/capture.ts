import { Trouble } from './trouble.ts';

export type Source = 'camera' | 'screen';

/** Ids as the browser gives them; empty for the one that it likes, `none` for none. */
export type Wish = { readonly source: Source; readonly camera: string; readonly microphone: string };

/** 720p30, as far as the device can; larger pictures cost phones too much. */
const CAMERA = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };

/** Text has to be sharp, and need not move much. */
const SCREEN = { width: { max: 1920 }, height: { max: 1080 }, frameRate: { ideal: 30, max: 30 } };

/** Opens what is to be published. Throws Trouble, or what the browser throws. */
export async function capture({ source, camera, microphone }: Wish): Promise<MediaStream> {
  if (!isSecureContext || navigator.mediaDevices === undefined) {
    throw new Trouble('Browsers give cameras only to pages that come over https, or from localhost.', false);
  }
  const audio = microphone === 'none' ? false : { ...exactly(microphone) };
  if (source === 'camera') {
    if (camera === 'none' && audio === false) throw new Trouble('Choose a camera or a microphone.', false);
    const video = camera === 'none' ? false : { ...CAMERA, ...exactly(camera) };
    return navigator.mediaDevices.getUserMedia({ video, audio });
  }
  return captureScreen(audio);
}

/** The screen with its own sound, or with the microphone where it has none. */
async function captureScreen(audio: MediaTrackConstraints | false): Promise<MediaStream> {
  if (navigator.mediaDevices.getDisplayMedia === undefined)
    throw new Trouble('This browser can not share its screen.', false);
  const screen = await navigator.mediaDevices.getDisplayMedia({ video: SCREEN, audio: true });
  for (const track of screen.getVideoTracks()) track.contentHint = 'detail';
  if (screen.getAudioTracks().length > 0 || audio === false) return screen;
  const voice = await navigator.mediaDevices.getUserMedia({ audio }).catch(() => new MediaStream());
  return new MediaStream([...screen.getVideoTracks(), ...voice.getAudioTracks()]);
}

const exactly = (deviceId: string) => (deviceId === '' ? {} : { deviceId: { exact: deviceId } });

export type Device = { readonly id: string; readonly label: string };

/** Cameras and microphones. Browsers name them once one of them was allowed. */
export async function devices(kind: 'videoinput' | 'audioinput'): Promise<readonly Device[]> {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const found = all.filter((device) => device.kind === kind && device.deviceId !== '');
  const name = kind === 'videoinput' ? 'Camera' : 'Microphone';
  return found.map(({ deviceId, label }, index) => ({
    id: deviceId,
    label: label || `${name} ${index + 1}`,
  }));
}

export function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
