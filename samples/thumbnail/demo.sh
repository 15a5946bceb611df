# The main job: a photograph that an ordinary AWS client puts into a bucket comes out as a thumbnail, made by a C# function. Sourced by demo.

photo=${1:-}
[ -z "$photo" ] || [ -r "$photo" ] || fail "cannot read $photo"
photo=${photo:+$(readlink -f "$photo")}

say "1. Build the region, the function, and a program that checks its work (a minute or two the first time)"
need_dotnet
need_packages "the demo" awscli curl
# What the builds drop on the way goes where everything goes away.
temp=${TMPDIR:-/tmp}
export TMPDIR=$work
quietly dotnet build src/Fogbank -c Release -v quiet -nologo
quietly dotnet publish samples/thumbnail/csharp -c Release -o "$work/function" -v quiet -nologo -p:DebugType=none
quietly dotnet build samples/thumbnail/check -c Release -o "$work/check" -v quiet -nologo
(cd "$work/function" && python3 -m zipfile -c "$work/function.zip" ./*)
echo "   function.zip: $(stat -c %s "$work/function.zip") bytes"
export TMPDIR=$temp

if [ -z "$photo" ]; then
  # Picos de Europa, by Aitzol Berasategi (CC BY 4.0): eight megapixels. Downloaded, not installed.
  say "   Fetching a photograph: Debian's lomiri-wallpapers-16.04"
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/fogbank-demo
  photo=$cache/usr/share/backgrounds/picosdeeuropa_by_Aitzol_Berasategi.jpg
  if [ ! -r "$photo" ]; then
    command -v apt-get >/dev/null || fail "there is no apt-get to fetch a photograph with: give one, ./demo PHOTO.jpg"
    (cd "$work" && { apt-get download -qq lomiri-wallpapers-16.04 2>/dev/null || { as_root apt-get update -qq && apt-get download -qq lomiri-wallpapers-16.04; }; }) \
      || fail "the photograph cannot be fetched: give one, ./demo PHOTO.jpg"
    mkdir -p "$cache"
    dpkg-deb -x "$work"/lomiri-wallpapers-16.04_*.deb "$cache"
  fi
fi

say "2. Start a region on a free port"
start_region

say "3. A bucket, a role, a function, and the bucket's notification"
call s3api create-bucket --bucket photos >/dev/null
trust='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
call iam create-role --role-name thumbnail --assume-role-policy-document "$trust" >/dev/null
call iam attach-role-policy --role-name thumbnail --policy-arn arn:aws:iam::aws:policy/AmazonS3FullAccess
call iam attach-role-policy --role-name thumbnail --policy-arn arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole
call lambda create-function --function-name thumbnail --runtime dotnet10 --handler Thumbnail::Thumbnail.Function::Handle \
  --role arn:aws:iam::000000000000:role/thumbnail --memory-size 1769 --timeout 30 --zip-file "fileb://$work/function.zip" >/dev/null
call lambda wait function-active-v2 --function-name thumbnail
call lambda add-permission --function-name thumbnail --statement-id s3 --action lambda:InvokeFunction --principal s3.amazonaws.com \
  --source-arn arn:aws:s3:::photos >/dev/null
call s3api put-bucket-notification-configuration --bucket photos --notification-configuration \
  '{"LambdaFunctionConfigurations":[{"LambdaFunctionArn":"arn:aws:lambda:us-east-1:000000000000:function:thumbnail","Events":["s3:ObjectCreated:*"],"Filter":{"Key":{"FilterRules":[{"Name":"prefix","Value":"in/"}]}}}]}'

# answers PATH: whether the region has an object there.
answers() { [ "$(curl -s -o /dev/null -w '%{http_code}' --head "$endpoint/photos/$1")" = 200 ]; }

# watch NAME: waits for the photograph in the bucket, then for its thumbnail, and writes down the milliseconds between.
watch() {
  local start='' end=$((SECONDS + 60))
  while [ $SECONDS -lt $end ]; do
    if [ -z "$start" ]; then
      if answers "in/$1.jpg"; then start=$(milliseconds); fi
    elif answers "thumbnails/$1.jpg"; then
      echo $(($(milliseconds) - start)) >"$work/took.$1"
      return
    fi
    read -r -t 0.005 <> <(:) || true
  done
}

# put NAME: puts the photograph and waits for its thumbnail.
put() {
  watch "$1" &
  watch_pid=$!
  call s3 cp --quiet "$photo" "s3://photos/in/$1.jpg"
  wait "$watch_pid"
  watch_pid=''
  [ -s "$work/took.$1" ] && return
  quiet_call logs filter-log-events --log-group-name /aws/lambda/thumbnail --query 'events[].message' --output text >&2 || true
  fail "there is no thumbnail after a minute"
}

say "4. Put $(basename "$photo") ($(stat -c %s "$photo") bytes), twice"
put cold
put warm

say "5. The thumbnail"
mkdir -p "$work/out"
call s3 cp --quiet s3://photos/thumbnails/warm.jpg "$work/out/thumbnail.jpg"
dotnet "$work/check/Check.dll" "$photo" "$work/out/thumbnail.jpg" | sed 's/^/   /'
kept=$temp/fogbank-demo-thumbnail.jpg
cp "$work/out/thumbnail.jpg" "$kept"
echo "   s3://photos/thumbnails/warm.jpg, kept as $kept"

say "6. The function's log"
for _ in $(seq 50); do
  quiet_call logs filter-log-events --log-group-name /aws/lambda/thumbnail --query 'events[].[message]' --output text >"$work/log" || true
  [ "$(grep -c '^REPORT' "$work/log")" -ge 2 ] && break
done
sed '/^$/d; s/^/   /' "$work/log"

say "7. Put to thumbnail: cold $(<"$work/took.cold") ms, warm $(<"$work/took.warm") ms. On AWS (us-east-1, list price, without the free tier):"
# Lambda: 0.20 USD a million requests and 0.0000166667 a GB-second; S3: 5 USD a million puts, 0.40 a million gets.
grep '^REPORT' "$work/log" | awk '{
    for (i = 1; i < NF; i++) {
      if ($i == "Billed" && $(i + 1) == "Duration:") billed += $(i + 2)
      if ($i == "Memory" && $(i + 1) == "Size:") memory = $(i + 2)
    }
    calls++
  } END {
    lambda = calls * 0.20 / 1e6 + memory / 1024 * billed / 1000 * 0.0000166667
    s3 = 2 * calls * 5 / 1e6 + (calls + 1) * 0.40 / 1e6
    printf "   %d invocations, %d ms billed at %d MB: $%.8f; S3 requests: $%.8f; together $%.8f\n", calls, billed, memory, lambda, s3, lambda + s3
  }'
