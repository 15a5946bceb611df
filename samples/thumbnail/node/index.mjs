// Makes a thumbnail of every picture that an S3 event names. Handler: index.handler
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import sharp from 'sharp';

const LONG_SIDE = 320;
const PREFIX = process.env.TARGET_PREFIX ?? 'thumbnails/';
const BUCKET = process.env.TARGET_BUCKET;

// The endpoint comes from AWS_ENDPOINT_URL; path-style needs no host names.
const s3 = new S3Client({ forcePathStyle: true });

export const handler = async (event) => {
  const made = [];
  for (const { s3: { bucket: { name }, object } } of event.Records) {
    // Keys in events are form-encoded: a plus sign is a space.
    const key = decodeURIComponent(object.key.replaceAll('+', ' '));
    if (!key.startsWith(PREFIX)) { // else it is our own work, in a bucket that notifies about all of its objects
      made.push(await make(name, key));
    }
  }
  return made;
};

async function make(bucket, key) {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const picture = await Body.transformToByteArray();
  const { data, info } = await sharp(picture)
    .rotate() // as EXIF says
    .resize(LONG_SIDE, LONG_SIDE, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: 'white' })
    .jpeg({ quality: 85 })
    .toBuffer({ resolveWithObject: true });
  const target = PREFIX + key.split('/').at(-1);
  await s3.send(new PutObjectCommand({ Bucket: BUCKET ?? bucket, Key: target, Body: data, ContentType: 'image/jpeg' }));
  console.log(`${bucket}/${key} (${picture.length} bytes) -> ${target} ${info.width}x${info.height} (${data.length} bytes)`);
  return { bucket: BUCKET ?? bucket, key: target, width: info.width, height: info.height };
}
