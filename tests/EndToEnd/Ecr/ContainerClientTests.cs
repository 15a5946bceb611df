using System.Diagnostics;
using System.Text.Json.Nodes;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Ecr;

/// <summary>Container clients log in with tokens of the API, push, and pull what they pushed.</summary>
public sealed class ContainerClientTests : ClientTest
{
    private readonly string _home = Directory.CreateTempSubdirectory("fogbank-e2e-containers-").FullName;

    public ContainerClientTests(SharedRegion region)
        : base(region)
    {
    }

    private Dictionary<string, string> Variables => ContainerTools.Variables(Shared.Process.Address, _home);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        try
        {
            Directory.Delete(_home, recursive: true);
        }
        catch (IOException)
        {
            // Storage drivers leave mounts that the end of their process takes away a moment later.
        }
    }

    [Fact]
    public async Task Skopeo_logs_in_pushes_and_pulls()
    {
        ContainerTools.Require("skopeo");
        var (host, image) = await PrepareAsync("app");
        var denied = await ProgramRun.StartAsync("/usr/bin/skopeo", ["copy", "--dest-tls-verify=false", $"oci:{image.Folder}:v1", $"docker://{host}/app:v1"], Variables, null, Cancel);
        Assert.NotEqual(0, denied.ExitCode);
        var wrong = await ProgramRun.StartAsync("/usr/bin/skopeo", ["login", "--tls-verify=false", "-u", "AWS", "--password-stdin", host], Variables, "wrong", Cancel);
        Assert.NotEqual(0, wrong.ExitCode);
        await RunAsync("skopeo", await PasswordAsync(), "login", "--tls-verify=false", "-u", "AWS", "--password-stdin", host);
        await RunAsync("skopeo", null, "copy", "--dest-tls-verify=false", $"oci:{image.Folder}:v1", $"docker://{host}/app:v1");
        await AssertPushedAsync("app", image);
        await RunAsync("skopeo", null, "copy", "--src-tls-verify=false", $"docker://{host}/app:v1", $"oci:{_home}/back:v1");
        foreach (var blob in Directory.GetFiles(Path.Combine(image.Folder, "blobs/sha256")))
        {
            Assert.Equal(await File.ReadAllBytesAsync(blob, Cancel), await File.ReadAllBytesAsync(Path.Combine(_home, "back/blobs/sha256", Path.GetFileName(blob)), Cancel));
        }

        Assert.NotNull((await AwsAsync("ecr", "describe-images", "--repository-name", "app"))["imageDetails"]![0]!["lastRecordedPullTime"]);
    }

    [Fact]
    public async Task A_token_of_one_account_does_not_open_the_registry_of_another()
    {
        ContainerTools.Require("skopeo");
        var (host, image) = await PrepareAsync("app");
        var other = new Identity(Shared.NewAccount());
        var token = await RunAwsAsync(other, ["ecr", "get-login-password"]);
        var push = await ProgramRun.StartAsync(
            "/usr/bin/skopeo",
            ["copy", "--dest-tls-verify=false", "--dest-creds", $"AWS:{token.Output.Trim()}", $"oci:{image.Folder}:v1", $"docker://{host}/app:v1"],
            Variables,
            null,
            Cancel);
        Assert.NotEqual(0, push.ExitCode);
        Assert.Empty((await AwsAsync("ecr", "list-images", "--repository-name", "app"))["imageIds"]!.AsArray());
    }

    [Fact]
    public async Task Podman_logs_in_pushes_and_pulls()
    {
        ContainerTools.Require("podman");
        var (host, image) = await PrepareAsync("app");
        string[] storage = ["--root", $"{_home}/storage", "--runroot", $"{_home}/run", "--tmpdir", $"{_home}/tmp", "--storage-driver", "vfs", "--events-backend", "none"];
        await RunAsync("podman", await PasswordAsync(), [.. storage, "login", "--tls-verify=false", "-u", "AWS", "--password-stdin", host]);
        await RunAsync("skopeo", null, "copy", $"oci:{image.Folder}:v1", $"docker-archive:{_home}/image.tar:local/app:v1");
        await RunAsync("podman", null, [.. storage, "load", "-q", "-i", $"{_home}/image.tar"]);
        var id = (await RunAsync("podman", null, [.. storage, "images", "-q", "--no-trunc"])).Trim()["sha256:".Length..];
        await RunAsync("podman", null, [.. storage, "push", "-q", "--tls-verify=false", id, $"{host}/app:v1"]);
        await RunAsync("podman", null, [.. storage, "rmi", "-f", id]);
        Assert.Equal(id, (await RunAsync("podman", null, [.. storage, "pull", "-q", "--tls-verify=false", $"{host}/app:v1"])).Trim());
    }

    [Fact]
    public async Task Buildah_builds_and_pushes()
    {
        ContainerTools.Require("buildah");
        var (host, _) = await PrepareAsync("built");
        var context = Directory.CreateDirectory(Path.Combine(_home, "context")).FullName;
        await File.WriteAllTextAsync(Path.Combine(context, "hello"), "hello", Cancel);
        await File.WriteAllTextAsync(Path.Combine(context, "Containerfile"), "FROM scratch\nCOPY hello /hello\nENV A=b\nCMD [\"/hello\"]\n", Cancel);
        string[] storage = ["--root", $"{_home}/storage", "--runroot", $"{_home}/run", "--storage-driver", "vfs"];
        await RunAsync("buildah", await PasswordAsync(), [.. storage, "login", "--tls-verify=false", "-u", "AWS", "--password-stdin", host]);
        await RunAsync("buildah", null, [.. storage, "build", "--isolation", "chroot", "-t", $"{host}/built:v1", context]);
        await RunAsync("buildah", null, [.. storage, "push", "--tls-verify=false", $"{host}/built:v1"]);
        var inspected = JsonNode.Parse(await RunAsync("skopeo", null, "inspect", "--config", "--tls-verify=false", $"docker://{host}/built:v1"))!;
        Assert.Equal("/hello", inspected["config"]!["Cmd"]![0]!.GetValue<string>());
        var image = (await AwsAsync("ecr", "describe-images", "--repository-name", "built"))["imageDetails"]![0]!;
        Assert.Equal("v1", image["imageTags"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task Docker_logs_in_pushes_and_pulls()
    {
        ContainerTools.Require("dockerd");
        Assert.SkipUnless(Environment.UserName == "root", "A docker daemon needs root.");
        var (host, image) = await PrepareAsync("app");
        await using var daemon = await DockerDaemon.StartAsync(_home, host, Variables, Cancel);
        await RunAsync("skopeo", null, "copy", $"oci:{image.Folder}:v1", $"docker-archive:{_home}/image.tar:local/app:v1");
        async Task<string> DockerAsync(string? input, params string[] arguments) => await RunAsync("docker", input, ["-H", daemon.Socket, .. arguments]);
        await DockerAsync(null, "load", "-q", "-i", $"{_home}/image.tar");
        await DockerAsync(null, "tag", "local/app:v1", $"{host}/app:v1");
        await DockerAsync(await PasswordAsync(), "login", "-u", "AWS", "--password-stdin", host);
        await DockerAsync(null, "push", "-q", $"{host}/app:v1");
        var details = (await AwsAsync("ecr", "describe-images", "--repository-name", "app"))["imageDetails"]![0]!;
        Assert.Equal("application/vnd.docker.distribution.manifest.v2+json", details["imageManifestMediaType"]!.GetValue<string>());
        var id = await DockerAsync(null, "image", "inspect", "--format", "{{.Id}}", $"{host}/app:v1");
        await DockerAsync(null, "rmi", "-f", "local/app:v1", $"{host}/app:v1");
        await DockerAsync(null, "pull", "-q", $"{host}/app:v1");
        Assert.Equal(id, await DockerAsync(null, "image", "inspect", "--format", "{{.Id}}", $"{host}/app:v1"));
    }

    private Task<string> RunAsync(string program, string? input, params string[] arguments) =>
        ContainerTools.RunAsync(program, Variables, input, Cancel, arguments);

    private async Task<(string Host, TestImage Image)> PrepareAsync(string repository)
    {
        var uri = (await AwsAsync("ecr", "create-repository", "--repository-name", repository))["repository"]!["repositoryUri"]!.GetValue<string>();
        return (uri[..uri.IndexOf('/', StringComparison.Ordinal)], TestImage.Create(Path.Combine(_home, "image"), "v1", "one", "two"));
    }

    private async Task<string> PasswordAsync() => (await AwsTextAsync("ecr", "get-login-password")).Trim();

    private async Task AssertPushedAsync(string repository, TestImage image)
    {
        var details = Assert.Single((await AwsAsync("ecr", "describe-images", "--repository-name", repository))["imageDetails"]!.AsArray())!;
        Assert.Equal(
            (image.Digest, image.Bytes, "v1"),
            (details["imageDigest"]!.GetValue<string>(), details["imageSizeInBytes"]!.GetValue<long>(), details["imageTags"]![0]!.GetValue<string>()));
    }

    /// <summary>A docker daemon of the test's own: a private socket, no network, images only.</summary>
    private sealed class DockerDaemon : IAsyncDisposable
    {
        private readonly Process _process;

        private DockerDaemon(Process process, string socket)
        {
            _process = process;
            Socket = socket;
        }

        internal string Socket { get; }

        internal static async Task<DockerDaemon> StartAsync(
            string home, string registry, IReadOnlyDictionary<string, string> variables, CancellationToken cancellationToken)
        {
            var path = Path.Combine(home, "docker.sock");
            var start = new ProcessStartInfo(ContainerTools.Require("dockerd"),
            [
                "-H", $"unix://{path}", "--data-root", $"{home}/dockerd", "--exec-root", $"{home}/dockerd-run", "--pidfile", $"{home}/dockerd.pid",
                "--storage-driver", "vfs", "--iptables=false", "--ip6tables=false", "--ip-masq=false", "--bridge=none", "--insecure-registry", registry,
            ])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (var (name, value) in variables)
            {
                start.Environment[name] = value;
            }

            var log = new System.Collections.Concurrent.ConcurrentQueue<string>();
            var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var process = new Process { StartInfo = start, EnableRaisingEvents = true };
            void Take(string? line)
            {
                log.Enqueue(line ?? "");
                if (line?.Contains("API listen on", StringComparison.Ordinal) is true)
                {
                    ready.TrySetResult();
                }
            }

            process.OutputDataReceived += (_, line) => Take(line.Data);
            process.ErrorDataReceived += (_, line) => Take(line.Data);
            process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("dockerd ended:\n" + string.Join('\n', log)));
            process.Start();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            var daemon = new DockerDaemon(process, $"unix://{path}");
            try
            {
                await ready.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);
                return daemon;
            }
            catch
            {
                await daemon.DisposeAsync();
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (!_process.HasExited)
            {
                // SIGTERM, so that it ends its containerd as well.
                using var end = Process.Start("/bin/kill", [_process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
                await end.WaitForExitAsync();
                await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
            }

            _process.Dispose();
        }
    }
}
