using System.Runtime.InteropServices;

namespace Fogbank.Engines.Linux.Native;

/// <summary>System-call numbers of the architecture that runs. Only calls that exist on both appear here.</summary>
internal static class Sys
{
    private static readonly bool X64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    internal static readonly int Write = X64 ? 1 : 64;
    internal static readonly int Close = X64 ? 3 : 57;
    internal static readonly int OpenAt = X64 ? 257 : 56;
    internal static readonly int MkdirAt = X64 ? 258 : 34;
    internal static readonly int MknodAt = X64 ? 259 : 33;
    internal static readonly int SymlinkAt = X64 ? 266 : 36;
    internal static readonly int UnlinkAt = X64 ? 263 : 35;
    internal static readonly int FchmodAt = X64 ? 268 : 53;
    internal static readonly int FchownAt = X64 ? 260 : 54;
    internal static readonly int Fchmod = X64 ? 91 : 52;
    internal static readonly int Chdir = X64 ? 80 : 49;
    internal static readonly int PivotRoot = X64 ? 155 : 41;
    internal static readonly int Mount = X64 ? 165 : 40;
    internal static readonly int Umount2 = X64 ? 166 : 39;
    internal static readonly int Clone = X64 ? 56 : 220;
    internal static readonly int Clone3 = 435;
    internal static readonly int Execve = X64 ? 59 : 221;
    internal static readonly int Wait4 = X64 ? 61 : 260;
    internal static readonly int ExitGroup = X64 ? 231 : 94;
    internal static readonly int Unshare = X64 ? 272 : 97;
    internal static readonly int SetNs = X64 ? 308 : 268;
    internal static readonly int Prctl = X64 ? 157 : 167;
    internal static readonly int Prlimit = X64 ? 302 : 261;
    internal static readonly int SetSid = X64 ? 112 : 157;
    internal static readonly int SetGroups = X64 ? 116 : 159;
    internal static readonly int SetResUid = X64 ? 117 : 147;
    internal static readonly int SetResGid = X64 ? 119 : 149;
    internal static readonly int CapSet = X64 ? 126 : 91;
    internal static readonly int Umask = X64 ? 95 : 166;
    internal static readonly int SetHostName = X64 ? 170 : 161;
    internal static readonly int Dup3 = X64 ? 292 : 24;
    internal static readonly int Fcntl = X64 ? 72 : 25;
    internal static readonly int Ppoll = X64 ? 271 : 73;
    internal static readonly int Seccomp = X64 ? 317 : 277;
    internal static readonly int MemfdCreate = X64 ? 319 : 279;
    internal static readonly int WaitId = X64 ? 247 : 95;
    internal static readonly int LinkAt = X64 ? 265 : 37;
    internal static readonly int UtimensAt = X64 ? 280 : 88;
    internal static readonly int FsetXattr = X64 ? 190 : 7;
    internal static readonly int LsetXattr = X64 ? 189 : 6;
    internal static readonly int Fchown = X64 ? 93 : 55;
    internal static readonly int Ftruncate = X64 ? 77 : 46;
    internal static readonly int Statx = X64 ? 332 : 291;
    internal static readonly int RenameAt2 = X64 ? 316 : 276;
    internal static readonly int SyncFs = X64 ? 306 : 267;
    internal static readonly int GetDents64 = X64 ? 217 : 61;
    internal static readonly int Read = X64 ? 0 : 63;
    internal static readonly int Kill = X64 ? 62 : 129;
    internal static readonly int RtSigProcMask = X64 ? 14 : 135;
    internal static readonly int SignalFd4 = X64 ? 289 : 74;
    internal static readonly int RtSigAction = X64 ? 13 : 134;
    internal static readonly int Fallocate = X64 ? 285 : 47;
    internal static readonly int InotifyInit1 = X64 ? 294 : 26;
    internal static readonly int InotifyAddWatch = X64 ? 254 : 27;
    internal static readonly int InotifyRemoveWatch = X64 ? 255 : 28;
    internal const int OpenAt2 = 437;
    internal const int CloseRange = 436;
    internal const int PidfdSendSignal = 424;
    internal const int PidfdOpen = 434;
    internal const int OpenTree = 428;
    internal const int MoveMount = 429;
    internal const int FsOpen = 430;
    internal const int FsConfig = 431;
    internal const int FsMount = 432;
    internal const int MountSetAttr = 442;
}
