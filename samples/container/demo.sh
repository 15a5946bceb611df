# An image is built from a small program, pushed with ordinary clients, and run as a Fargate task and as a function. Sourced by demo.

say "1. Build the region, and a base image of this machine's own C library and .NET runtime (a minute or two the first time)"
need_dotnet
need_packages "the demo" awscli crun conmon skopeo
temp=${TMPDIR:-/tmp}
export TMPDIR=$work
quietly dotnet build src/Fogbank -c Release -v quiet -nologo
samples/container/base.sh "$work/base"
echo "   $(du -sm "$work/base" | cut -f1) MB in two layers"

say "2. Start a region on a free port"
start_region
registry=${endpoint#http://}

say "3. Push the base image with skopeo, and the program with the .NET SDK, which puts it on top"
call ecr create-repository --repository-name dotnet --query repository.repositoryUri --output text | sed 's/^/   /'
call ecr create-repository --repository-name hello --query repository.repositoryUri --output text | sed 's/^/   /'
echo "   \$ skopeo copy oci:base docker://$registry/dotnet:10"
began=$(milliseconds)
skopeo copy --quiet --dest-tls-verify=false "oci:$work/base" "docker://$registry/dotnet:10"
echo "   pushed in $(($(milliseconds) - began)) ms"
echo "   \$ dotnet publish samples/container/hello /t:PublishContainer"
case $(uname -m) in aarch64) rid=linux-arm64 ;; *) rid=linux-x64 ;; esac
DOTNET_CONTAINER_INSECURE_REGISTRIES=$registry quietly dotnet publish samples/container/hello -c Release -r "$rid" --self-contained false \
  /t:PublishContainer -p:ContainerRegistry="$registry" -p:ContainerBaseImage="$registry/dotnet:10" -o "$work/hello" -v quiet -nologo
export TMPDIR=$temp
call ecr describe-images --repository-name hello --query 'imageDetails[].[imageTags[0],imageSizeInBytes,imageDigest]' --output text | sed 's/^/   /'

say "4. Run it as a Fargate task: 0.5 vCPU, 1 GB, and a log group for what it prints"
image=000000000000.dkr.ecr.us-east-1.amazonaws.com/hello:latest
trust() { echo "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"$1.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"; }
call iam create-role --role-name hello-task --assume-role-policy-document "$(trust ecs-tasks)" >/dev/null
call iam attach-role-policy --role-name hello-task --policy-arn arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy
call logs create-log-group --log-group-name /demo/hello
call ecs create-cluster --cluster-name demo >/dev/null
call ecs register-task-definition --family hello --network-mode awsvpc --requires-compatibilities FARGATE --cpu 512 --memory 1024 \
  --execution-role-arn arn:aws:iam::000000000000:role/hello-task --container-definitions "[{\"name\":\"hello\",\"image\":\"$image\",\"command\":[\"5000000\"],
    \"logConfiguration\":{\"logDriver\":\"awslogs\",\"options\":{\"awslogs-group\":\"/demo/hello\",\"awslogs-region\":\"us-east-1\",\"awslogs-stream-prefix\":\"task\"}}}]" >/dev/null
subnet=$(call ec2 describe-subnets --query 'Subnets[0].SubnetId' --output text)
# task NAME: runs the task to its end and writes its description to NAME.
task() {
  local arn
  arn=$(call ecs run-task --cluster demo --task-definition hello --launch-type FARGATE \
    --network-configuration "awsvpcConfiguration={subnets=[$subnet]}" --query 'tasks[0].taskArn' --output text)
  quiet_call ecs wait tasks-stopped --cluster demo --tasks "$arn"
  quiet_call ecs describe-tasks --cluster demo --tasks "$arn" --output json >"$work/$1"
}
# between FROM TO NAME: milliseconds between two times of a task.
between() {
  python3 - "$work/$3" "$1" "$2" <<'PYTHON'
import datetime, json, sys
task = json.load(open(sys.argv[1]))["tasks"][0]
times = [datetime.datetime.fromisoformat(task[name]) if isinstance(task[name], str) else datetime.datetime.fromtimestamp(task[name]) for name in sys.argv[2:]]
print(round((times[1] - times[0]).total_seconds() * 1000))
PYTHON
}
task first
task second
for name in first second; do
  echo "   $name: created to started $(between createdAt startedAt $name) ms, started to ended $(between startedAt executionStoppedAt $name) ms"
done
quiet_call ecs describe-tasks --cluster demo --tasks "$(quiet_call ecs list-tasks --cluster demo --desired-status STOPPED --query 'taskArns[0]' --output text)" \
  --query 'tasks[0].[stopCode,stoppedReason,containers[0].exitCode]' --output text | sed 's/^/   stopped: /'
quiet_call logs filter-log-events --log-group-name /demo/hello --query 'events[].[message]' --output text | sed '/^$/d; s/^/   /'

say "5. Run the same image as a function"
call iam create-role --role-name hello-function --assume-role-policy-document "$(trust lambda)" >/dev/null
call iam attach-role-policy --role-name hello-function --policy-arn arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole
call lambda create-function --function-name hello --package-type Image --code "ImageUri=$image" --memory-size 1769 \
  --role arn:aws:iam::000000000000:role/hello-function >/dev/null
call lambda wait function-active-v2 --function-name hello
for run in cold warm; do
  began=$(milliseconds)
  curl -sS -o "$work/answer" -X POST -d '{"upTo":5000000}' "$endpoint/2015-03-31/functions/hello/invocations"
  echo "   $run: $(cat "$work/answer") after $(($(milliseconds) - began)) ms"
done
for _ in $(seq 50); do
  quiet_call logs filter-log-events --log-group-name /aws/lambda/hello --query 'events[].[message]' --output text >"$work/log" || true
  [ "$(grep -c '^REPORT' "$work/log")" -ge 2 ] && break
done
sed '/^$/d; s/^/   /' "$work/log"
