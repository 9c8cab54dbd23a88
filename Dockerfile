# Built by goreleaser from the released binary; the image holds nothing else.
#
#   docker run --rm -v "$PWD:/w" ghcr.io/boundlint/boundlint
FROM scratch
ARG TARGETPLATFORM
COPY $TARGETPLATFORM/boundlint /boundlint
# Nobody: it only reads what is mounted.
USER 65534:65534
WORKDIR /w
ENTRYPOINT ["/boundlint"]
