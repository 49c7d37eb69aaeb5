#!/bin/bash
# Fetches the public packages that the shipped background is made from into FOLDER, through each language's
# own client: about 1 GB. All are under licences that allow this use; SOURCES.md lists them.
set -u
root=${1:?usage: fetch-corpus.sh FOLDER}
mkdir -p "$root"/{pip,sdist,npm,go,rust/src,java}

cd "$root/pip" || exit 1
# Python of the machine learning field, then of the web, data and tools.
for name in \
  transformers timm torchvision accelerate einops diffusers peft flax jax optax trl x-transformers \
  vit-pytorch pytorch-lightning torchmetrics keras open-clip-torch sentence-transformers datasets \
  evaluate pytorch-ignite fastai mmengine litgpt mosaicml torch-geometric kornia monai speechbrain \
  megatron-core torchtune torchtitan stable-baselines3 gymnasium nemo-toolkit allennlp \
  tf-models-official t5 mesh-tensorflow tensor2tensor dm-haiku chex equinox orbax-checkpoint clu \
  seqio lm-eval pytorch-pretrained-bert segmentation-models-pytorch pytorch-metric-learning \
  denoising-diffusion-pytorch django flask requests sqlalchemy pandas scipy scikit-learn matplotlib \
  sympy boto3 botocore fastapi pydantic aiohttp click rich jinja2 werkzeug twisted tornado celery \
  networkx nltk pytest setuptools mypy black openai langchain-core \
  google-cloud-storage azure-storage-blob ipython jupyter-server; do
  pip download -q --no-deps --only-binary=:all: "$name" || pip download -q --no-deps "$name"
done
# The wheel for this platform is the smallest that carries the Python of torch.
pip download -q --no-deps --only-binary=:all: --platform macosx_11_0_arm64 --python-version 3.11 torch torchaudio

cd "$root/sdist" || exit 1
# Sources in C, C++ and Rust, with what they vendor.
for name in \
  zstandard lz4 brotli pycryptodome cffi msgpack ujson protobuf simplejson pybind11 psutil \
  llama-cpp-python xxhash python-snappy tokenizers regex uvloop greenlet sentencepiece blosc2 h5py \
  onnx lxml pyzmq bitsandbytes grpcio pillow numpy flash-attn; do
  pip download -q --no-deps --no-binary "$name" "$name"
done

cd "$root/npm" || exit 1
for name in \
  spdx-license-list typescript lodash react react-dom express zod rxjs axios webpack vite rollup \
  eslint prettier @babel/core @babel/traverse @babel/parser vue @vue/runtime-core three d3 commander \
  yargs chalk got undici fastify ws socket.io prisma @angular/core @angular/router svelte next \
  @types/node @types/react typeorm @nestjs/core @nestjs/common date-fns moment mocha jest-circus \
  vitest esbuild yaml ajv immer redux @reduxjs/toolkit react-router @tanstack/query-core effect \
  puppeteer-core playwright-core @octokit/rest openai @anthropic-ai/sdk langchain \
  @huggingface/transformers onnxruntime-web @tensorflow/tfjs-core @tensorflow/tfjs-layers; do
  npm pack --silent "$name" > /dev/null
done

cd "$root/go" || exit 1
printf 'module x\ngo 1.21\n' > go.mod
for name in \
  github.com/gin-gonic/gin@latest github.com/spf13/cobra@latest github.com/stretchr/testify@latest \
  google.golang.org/grpc@latest github.com/prometheus/client_golang@latest \
  k8s.io/apimachinery@latest k8s.io/client-go@latest github.com/docker/cli@latest \
  golang.org/x/tools@latest golang.org/x/net@latest github.com/go-git/go-git/v5@latest \
  gorm.io/gorm@latest github.com/aws/aws-sdk-go-v2/service/s3@latest; do
  GOMODCACHE="$root/go/mod" GOFLAGS=-mod=mod go mod download "$name"
done

cd "$root/rust" || exit 1
echo > src/lib.rs
cat > Cargo.toml << 'END'
[package]
name="x"
version="0.1.0"
edition="2021"
[dependencies]
tokio="1"
serde="1"
serde_json="1"
clap="4"
syn="2"
regex="1"
rand="0.8"
hyper="1"
axum="0.7"
ndarray="0.15"
candle-core="0.8"
candle-nn="0.8"
candle-transformers="0.8"
burn-core="0.16"
reqwest="0.12"
END
CARGO_HOME="$root/rust/home" cargo fetch -q

cd "$root/java" || exit 1
for name in \
  com.google.guava:guava:33.0.0-jre org.springframework:spring-core:6.1.3 \
  org.springframework:spring-web:6.1.3 org.apache.commons:commons-lang3:3.14.0 \
  com.fasterxml.jackson.core:jackson-databind:2.16.1 io.netty:netty-common:4.1.106.Final \
  org.apache.kafka:kafka-clients:3.6.1 \
  org.apache.lucene:lucene-core:9.9.1; do
  mvn -q dependency:get "-Dartifact=$name:jar:sources" -Dtransitive=false "-Dmaven.repo.local=$root/java/m2"
done
